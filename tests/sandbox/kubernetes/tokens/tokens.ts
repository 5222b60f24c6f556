import { randomUUID, sign, verify } from 'node:crypto';
import type { KubeObject, KubeUser } from '../../contracts.ts';
import { at, fieldsOf, isFields, listOf, numberOf, textOf } from '../copy.ts';
import { badRequest, conflict, invalid, invalidValue, notFound } from '../errors.ts';
import type { Cause } from '../errors.ts';
import { timestamp } from '../store/metadata.ts';
import type { MemoryStore } from '../store.ts';
import type { SigningKey } from './keys.ts';
import type { ServerConfig } from './servers.ts';

const TOKEN_REQUEST = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const PODS = { group: '', resource: 'pods' };
const ACCOUNTS = { group: '', resource: 'serviceaccounts' };

export interface TokenAuthorityOptions {
  store: MemoryStore;
  /** The first signs, all verify. */
  keys: () => SigningKey[];
}

/** Mints and checks service account tokens as an API server does. */
export class TokenAuthority {
  private readonly store: MemoryStore;
  private readonly keys: () => SigningKey[];

  constructor(options: TokenAuthorityOptions) {
    this.store = options.store;
    this.keys = options.keys;
  }

  /** Answers a TokenRequest (registry/core/serviceaccount/storage/token.go; recorded "token request*"). */
  request(server: ServerConfig, namespace: string, name: string, body: unknown): object {
    const account = this.account(namespace, name);
    const given = fieldsOf(at(body, 'spec'));
    const asked = listOf(given.audiences).map(String);
    const audiences = asked.length ? asked : server.audiences;
    const expirationSeconds = numberOf(given.expirationSeconds, 3600);
    const faults = expirationFaults(expirationSeconds);

    if (!account) {
      throw notFound(ACCOUNTS, name);
    }
    if (faults.length) {
      throw invalid(TOKEN_REQUEST, '', faults);
    }
    const bound = isFields(given.boundObjectRef) ? given.boundObjectRef : null;
    const pod = bound && this.boundPod(bound, namespace, name);
    const now = Math.floor(this.store.now().getTime() / 1000);
    const claims = {
      aud:             audiences,
      exp:             now + expirationSeconds,
      iat:             now,
      iss:             server.issuers[0] ?? '',
      jti:             randomUUID(),
      'kubernetes.io': { namespace, ...pod ? podClaims(pod) : {}, serviceaccount: { name, uid: account.metadata.uid } },
      nbf:             now,
      sub:             `system:serviceaccount:${ namespace }:${ name }`
    };

    return {
      kind:       'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata:   { name, namespace, uid: account.metadata.uid, creationTimestamp: timestamp(new Date(now * 1000)) },
      spec:       { audiences, expirationSeconds, boundObjectRef: bound },
      status:     { token: this.sign(claims), expirationTimestamp: timestamp(new Date(claims.exp * 1000)) }
    };
  }

  /** Who bears the token, as the serving API server's arguments have it; undefined where it would answer 401. */
  verify(server: ServerConfig, token: string, audiences: string[] = server.audiences): KubeUser | undefined {
    const claims = this.opened(token);
    const now = Math.floor(this.store.now().getTime() / 1000);
    const names = fieldsOf(claims?.['kubernetes.io']);
    const namespace = textOf(names.namespace);
    const name = textOf(at(names, 'serviceaccount', 'name'));
    const account = claims && this.account(namespace, name);
    const isTimely = numberOf(claims?.exp, 0) > now && numberOf(claims?.nbf, 0) <= now;
    const pod = at(names, 'pod', 'name');

    if (!account || !isTimely || !server.issuers.includes(textOf(claims?.iss)) || !listOf(claims?.aud).some((audience) => audiences.includes(String(audience)))) {
      return undefined;
    }
    if (account.metadata.uid !== at(names, 'serviceaccount', 'uid') || (pod !== undefined && this.pod(namespace, String(pod))?.metadata.uid !== at(names, 'pod', 'uid'))) {
      return undefined;
    }

    return { name: `system:serviceaccount:${ namespace }:${ name }`, groups: ['system:serviceaccounts', `system:serviceaccounts:${ namespace }`, 'system:authenticated'] };
  }

  private sign(claims: object): string {
    const [key] = this.keys();

    if (!key) {
      throw new Error('an API server needs a signing key');
    }
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${ part({ alg: 'RS256', kid: key.kid }) }.${ part(claims) }`;

    return `${ text }.${ sign('sha256', Buffer.from(text), key.privateKey).toString('base64url') }`;
  }

  /** The claims of a token that one of our keys signed. */
  private opened(token: string): Record<string, unknown> | undefined {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');

    if (rest.length || !signature) {
      return undefined;
    }
    try {
      const { alg, kid } = fieldsOf(JSON.parse(Buffer.from(header, 'base64url').toString()));
      const key = this.keys().find((one) => one.kid === kid);
      const isOurs = alg === 'RS256' && key && verify('sha256', Buffer.from(`${ header }.${ payload }`), key.publicKey, Buffer.from(signature, 'base64url'));

      return isOurs ? fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString())) : undefined;
    } catch {
      return undefined;
    }
  }

  private account(namespace: string, name: string): KubeObject | undefined {
    const type = this.store.findType('', 'serviceaccounts');

    return type && this.store.peek(type, namespace, name);
  }

  private pod(namespace: string, name: string): KubeObject | undefined {
    const type = this.store.findType('', 'pods');

    return type && this.store.peek(type, namespace, name);
  }

  /** The pod a token is bound to; only pods may be named here. */
  private boundPod(reference: Record<string, unknown>, namespace: string, account: string): KubeObject {
    const name = textOf(reference.name);
    const pod = this.pod(namespace, name);

    if (reference.kind !== 'Pod') {
      throw badRequest(`cannot bind token to object of type /${ textOf(reference.apiVersion) }, Kind=${ textOf(reference.kind) }`);
    }
    if (!pod) {
      throw notFound(PODS, name);
    }
    if (at(pod, 'spec', 'serviceAccountName') !== account) {
      throw invalid(TOKEN_REQUEST, '', [invalidValue('spec.boundObjectRef', name, `cannot bind token for serviceaccount "${ account }" to pod running with different serviceaccount name.`)]);
    }
    if (reference.uid && reference.uid !== pod.metadata.uid) {
      throw conflict(PODS, name, `the UID in the bound object reference (${ textOf(reference.uid) }) does not match the UID in record. The object might have been deleted and then recreated`);
    }

    return pod;
  }
}

function podClaims(pod: KubeObject): object {
  const node = textOf(at(pod, 'spec', 'nodeName'));

  return { ...node ? { node: { name: node } } : {}, pod: { name: pod.metadata.name, uid: pod.metadata.uid } };
}

/** apis/authentication/validation.ValidateTokenRequest. */
function expirationFaults(seconds: number): Cause[] {
  if (seconds < 600) {
    return [invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')];
  }

  return seconds > 2 ** 32 ? [invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds')] : [];
}
