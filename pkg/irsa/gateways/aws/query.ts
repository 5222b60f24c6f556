import { parseXML } from '@aws-sdk/xml-builder';
import { awsRequestHandler, type AwsRoute } from './request-handler';

/** Text and elements of an XML answer, as the SDK's own reader gives them. */
type Element = string | undefined | { [name: string]: Element | Element[] };

const child = (element: Element | Element[], name: string): Element | Element[] => typeof element === 'object' && !Array.isArray(element) ? element[name] : undefined;

/** The text at a path of element names; empty where there is none. */
function textAt(element: Element | Element[], ...path: string[]): string {
  const found = path.reduce(child, element);

  return typeof found === 'string' ? found : '';
}

/** An error answer in the shape that the SDK gives to its exceptions, which `awsError` reads. */
class QueryError extends Error {
  readonly $metadata: { httpStatusCode: number; requestId?: string };

  constructor(code: string, message: string, $metadata: QueryError['$metadata']) {
    super(message);
    this.name = code;
    this.$metadata = $metadata;
  }
}

/**
 * One call of the AWS Query protocol, without a client of the SDK: STS' would be 26 KB (gzip) of our bundle for this.
 * @param parameters  `Action` and `Version` among them
 * @returns the text at a path below `<Action>Result`
 * @throws QueryError with AWS' code as its name; what the route's transport throws
 */
export async function query(route: AwsRoute, host: string, parameters: Record<string, string>): Promise<(...path: string[]) => string> {
  const { response } = await awsRequestHandler(route).handle({
    method: 'POST', hostname: host, path: '/', query: {}, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(parameters).toString()
  });
  const answer = read(new TextDecoder().decode(response.body));

  if (response.statusCode >= 300) {
    const error = child(child(answer, 'ErrorResponse'), 'Error');

    throw new QueryError(textAt(error, 'Code') || `HTTP ${ response.statusCode }`, textAt(error, 'Message'), {
      httpStatusCode: response.statusCode, requestId: response.headers['x-amzn-requestid'] || textAt(answer, 'ErrorResponse', 'RequestId') || undefined
    });
  }
  const result = child(child(answer, `${ parameters.Action }Response`), `${ parameters.Action }Result`);

  return (...path) => textAt(result, ...path);
}

/** What is not XML holds nothing: the status then tells what there is to tell. */
function read(body: string): Element {
  try {
    return parseXML(body) as Element;
  } catch {
    return undefined;
  }
}
