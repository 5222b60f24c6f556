import { explainAws, IrsaError } from '../../domain/errors';
import { beginning, kindOfText, unreadable, type Asked } from '../answer';
import { rancherError } from '../rancher/client';
import type { TransportAnswer } from '../transport';

/**
 * Looks whether an answer is one that IAM or STS gives (AWS Query protocol), before it is read: in a web page with status 200 there
 * are empty lists, and «nothing is there» would be taken for a fact.
 * @param action  the call's own name, as the request's `Action` says it
 * @throws IrsaError ANSWER_UNREADABLE, or what a failure without AWS' words means
 */
export function checkQueryAnswer(answer: TransportAnswer, service: 'iam' | 'sts', action: string): void {
  const asked: Asked = { service, action: `${ service }:${ action }` };
  const { status, body } = answer;
  const text = body.trim();
  const root = /^(?:<\?xml[^>]{0,200}\?>\s*)?<([\w:.-]{1,100})[\s>]/.exec(text.slice(0, 1000))?.[1];

  if (status >= 400 && root !== 'ErrorResponse' && root !== 'Error') {
    throw failure(answer, asked);
  }
  if (status < 400 && root !== `${ action }Response`) {
    throw unreadable(asked, `${ root && !/^(html|body)$/i.test(root) ? `<${ root }>` : kindOfText(body) }, not <${ action }Response>: ${ beginning(body) }`, status);
  }
  if (!text.endsWith(`</${ root }>`)) {
    throw unreadable(asked, `it is cut off after ${ body.length } characters`, status);
  }
  // AWS sends none; entities that are declared there may grow without end.
  if (/<!(DOCTYPE|ENTITY)/i.test(body)) {
    throw unreadable(asked, 'it declares a document type of its own', status);
  }
}

/** No words of AWS: Rancher's own (it speaks JSON), or somebody's between. */
function failure(answer: TransportAnswer, asked: Asked): Error {
  const { status, body } = answer;

  if (status === 429 || status >= 500) {
    const explained = explainAws({ service: asked.service, action: asked.action, code: `HTTP ${ status }`, message: beginning(body), httpStatus: status });

    return new IrsaError(explained.code ?? 'SERVICE_TROUBLE', explained, { ...asked, httpStatus: status });
  }
  if (/^\s*\{[^]*"(baseType|type)"\s*:\s*"error"/.test(body.slice(0, 2000))) {
    return rancherError(answer, 'proxy');
  }

  return unreadable(asked, `status ${ status } with ${ kindOfText(body) }: ${ beginning(body) }`, status);
}
