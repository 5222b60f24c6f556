import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../contracts.ts';
import type { AwsError } from './errors.ts';

/** Markup; what is in it is escaped already. */
export class Xml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Both, one after the other. */
  with(other: Xml): Xml {
    return new Xml(this.text + other.text);
  }
}

export type XmlValue = string | number | boolean | Xml | XmlValue[] | { [name: string]: XmlValue | undefined };

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** Writes values as elements; a list becomes `<member>` elements, as the Query protocol has it. */
export function toXml(value: XmlValue): string {
  if (value instanceof Xml) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return value.map((element) => `<member>${ toXml(element) }</member>`).join('');
  }
  if (typeof value === 'object') {
    return Object.entries(value).filter(([, inner]) => inner !== undefined).map(([name, inner]) => `<${ name }>${ toXml(inner as XmlValue) }</${ name }>`).join('');
  }

  return escapeXml(String(value));
}

/** Elements of one name side by side, without a list around them (S3). */
export function repeated(name: string, values: XmlValue[]): Xml {
  return new Xml(values.map((value) => `<${ name }>${ toXml(value) }</${ name }>`).join(''));
}

/** A request id: looks like AWS', yet the same for the same count. */
export function requestId(count: number): string {
  const hex = createHash('md5').update(`request ${ count }`).digest('hex');

  return `${ hex.slice(0, 8) }-${ hex.slice(8, 12) }-${ hex.slice(12, 16) }-${ hex.slice(16, 20) }-${ hex.slice(20) }`;
}

function xmlAnswer(status: number, text: string, id: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body: text };
}

/** How an answer of the Query protocol is to be written. */
export interface QueryStyle {
  namespace: string;
  id: string;
  /** The asker named JSON first: STS and IAM then answer in JSON (kubernetes-sigs/aws-iam-authenticator token.go relies on it). */
  json: boolean;
}

export function prefersJson(accept: string | undefined): boolean {
  return accept?.split(',')[0]?.trim() === 'application/json';
}

function jsonAnswer(status: number, body: object, id: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', 'x-amzn-requestid': id }, body: JSON.stringify(body, (_key, value: unknown) => (value instanceof Xml ? value.text : value)) };
}

/** An answer of the Query protocol. */
export function queryAnswer(style: QueryStyle, action: string, result: XmlValue | undefined): HttpAnswer {
  const { namespace, id, json } = style;
  const inner = result === undefined ? '' : `<${ action }Result>${ toXml(result) }</${ action }Result>`;

  return json ? jsonAnswer(200, { [`${ action }Response`]: { ...result === undefined ? {} : { [`${ action }Result`]: result }, ResponseMetadata: { RequestId: id } } }, id) : xmlAnswer(200, `<${ action }Response xmlns="${ namespace }">${ inner }<ResponseMetadata><RequestId>${ id }</RequestId></ResponseMetadata></${ action }Response>\n`, id);
}

/** A refusal of the Query protocol. */
export function queryError({ namespace, id, json }: QueryStyle, error: AwsError): HttpAnswer {
  const content = { Type: error.status >= 500 ? 'Receiver' : 'Sender', Code: error.code, Message: error.message };

  return json ? jsonAnswer(error.status, { Error: content, RequestId: id }, id) : xmlAnswer(error.status, `<ErrorResponse xmlns="${ namespace }"><Error>${ toXml(content) }</Error><RequestId>${ id }</RequestId></ErrorResponse>\n`, id);
}

/** An answer of S3. */
export function s3Answer(root: string, content: XmlValue, id: string): HttpAnswer {
  return {
    status: 200, headers: { 'content-type': 'application/xml', 'x-amz-request-id': id }, body: `<?xml version="1.0" encoding="UTF-8"?>\n<${ root } xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${ toXml(content) }</${ root }>`
  };
}

/** A refusal of S3 (User Guide, «REST error responses»). */
export function s3Error(error: AwsError, id: string): HttpAnswer {
  return {
    status: error.status, headers: { 'content-type': 'application/xml', 'x-amz-request-id': id, ...error.headers },
    body:   `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${ toXml({ Code: error.code, Message: error.message, ...error.details, RequestId: id, HostId: 'sandbox' }) }</Error>`
  };
}

/** A refusal of EKS (restJson1). */
export function jsonError(error: AwsError, id: string): HttpAnswer {
  return { status: error.status, headers: { 'content-type': 'application/json', 'x-amzn-requestid': id, 'x-amzn-errortype': error.code }, body: JSON.stringify({ ...error.details, message: error.message }) };
}
