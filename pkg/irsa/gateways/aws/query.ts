import { parseXML } from '@aws-sdk/xml-builder';
import { checkQueryAnswer } from './query-answer';
import { awsRequest, type AwsRoute } from './request';

/** Text and elements of an XML answer, as the SDK's own reader gives them. */
type Element = string | undefined | { [name: string]: Element | Element[] };

/** What a call takes and gives: texts, numbers, yes or no, lists and structures of them, by AWS' own names. */
type Parameter = string | number | boolean | undefined | Parameter[] | { [name: string]: Parameter };

export interface QueryService {
  service: 'iam' | 'sts';
  host: string;
  /** Of the API: `2010-05-08` */
  version: string;
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * What the answers of our calls hold besides texts (API reference), by its name. Whatever else is no text is left out: nobody asked for it.
 * Dates and numbers are texts, nobody counts with them here.
 */
const SHAPES: Record<string, 'texts' | 'structures' | 'structure' | 'map' | 'flag'> = {
  OpenIDConnectProviderList: 'structures',
  ClientIDList:              'texts',
  Tags:                      'structures',
  Roles:                     'structures',
  Role:                      'structure',
  PermissionsBoundary:       'structure',
  Policy:                    'structure',
  PolicyVersion:             'structure',
  PolicyNames:               'texts',
  AttachedPolicies:          'structures',
  SummaryMap:                'map',
  User:                      'structure',
  EvaluationResults:         'structures',
  MissingContextValues:      'texts',
  IsTruncated:               'flag',
  AssumedRoleUser:           'structure',
};

/** An error answer of AWS, with its code as its name; `awsError` says in our words what it means. */
export class QueryError extends Error {
  readonly httpStatus: number;
  readonly requestId?: string;

  constructor(code: string, message: string, httpStatus: number, requestId?: string) {
    super(message);
    this.name = code;
    this.httpStatus = httpStatus;
    this.requestId = requestId;
  }
}

/**
 * One call of the AWS Query protocol. A client of the SDK does the same (query.test.ts compares each request with its own), and is 37 KB
 * (gzip) of the 250 that the extension may have.
 * @param input  as the API reference names it; what is undefined is left out
 * @returns what is in `<Action>Result`, by AWS' names; an empty object where AWS has nothing to say
 * @throws QueryError for a refusal; IrsaError ANSWER_UNREADABLE for what is no answer of AWS; what the route's transport throws
 */
export async function query(route: AwsRoute, { service, host, version }: QueryService, action: string, input: object): Promise<Record<string, unknown>> {
  const form = new URLSearchParams([['Action', action], ['Version', version], ...Object.entries(input).flatMap(([name, value]) => flatten(name, value as Parameter))]);
  const answer = await awsRequest(route, { method: 'POST', host, path: '/', contentType: FORM, body: form.toString() });

  checkQueryAnswer(answer, service, action);
  const root = read(answer.body);

  if (answer.status >= 300) {
    const { Code, Message } = fields(child(child(root, 'ErrorResponse'), 'Error') ?? child(root, 'Error')) as Record<string, string | undefined>;
    const { RequestId } = fields(child(root, 'ErrorResponse')) as Record<string, string | undefined>;

    throw new QueryError(Code || `HTTP ${ answer.status }`, Message ?? '', answer.status, answer.headers['x-amzn-requestid'] || RequestId);
  }

  return fields(child(child(root, `${ action }Response`), `${ action }Result`));
}

/** `Tags: [{ Key }]` is `Tags.member.1.Key`; an empty list is said by its bare name. */
function flatten(name: string, value: Parameter): [string, string][] {
  if (value === undefined) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.length ? value.flatMap((one, index) => flatten(`${ name }.member.${ index + 1 }`, one)) : [[name, '']];
  }

  return typeof value === 'object' ? Object.entries(value).flatMap(([key, one]) => flatten(`${ name }.${ key }`, one)) : [[name, String(value)]];
}

function child(element: Element | Element[], name: string): Element | Element[] {
  return typeof element === 'object' && !Array.isArray(element) && Object.hasOwn(element, name) ? element[name] : undefined;
}

/** The fields of a structure. Members of a list are a list, also where there is one or none. */
function fields(element: Element | Element[]): Record<string, unknown> {
  return typeof element === 'object' && !Array.isArray(element) ? Object.fromEntries(Object.entries(element).map(([name, one]) => [name, field(name, one)])) : {};
}

function field(name: string, element: Element | Element[]): unknown {
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
  const members = [child(element, 'member') ?? []].flat();

  switch (shape) {
  case 'texts': return members.filter((one) => typeof one === 'string');
  case 'structures': return members.map(fields);
  case 'structure': return fields(element);
  case 'map': return Object.fromEntries([child(element, 'entry') ?? []].flat().map(fields).map(({ key, value }) => [key, value]));
  case 'flag': return element === 'true';
  default: return typeof element === 'string' ? element : undefined;
  }
}

/** What is not XML holds nothing: the status then tells what there is to tell. */
function read(body: string): Element {
  try {
    return parseXML(body) as Element;
  } catch {
    return undefined;
  }
}
