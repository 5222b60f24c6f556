import type { AwsCall, AwsRequest, Fault, Faults, HttpAnswer, Internet, IssuerHost } from '../contracts.ts';
import { callerOf } from './caller.ts';
import { directEndpoint } from './direct.ts';
import { eksActionOf, eksAnswer, runEks } from './eks.ts';
import { AwsError } from './errors.ts';
import { faultError } from './faults.ts';
import { endpointOf, isIssuerHost } from './hosts.ts';
import type { Endpoint } from './hosts.ts';
import type { IamAction } from './iam/action.ts';
import { IAM_NAMESPACE, IAM_VERSION, findIamAction, runIam } from './iam/iam.ts';
import { issuerDocument } from './issuers.ts';
import { Parameters } from './parameters.ts';
import { arnOfTarget } from './s3/access.ts';
import { authenticateS3, readS3Request, s3ActionOf } from './s3/request.ts';
import type { S3Request } from './s3/request.ts';
import { isS3Write, runS3 } from './s3/s3.ts';
import type { AccountState } from './state.ts';
import { STS_NAMESPACE, STS_VERSION, assumeRoleWithWebIdentity, getCallerIdentity } from './sts/sts.ts';
import { jsonError, prefersJson, queryAnswer, queryError, requestId, s3Error } from './xml.ts';

export interface ServerOptions {
  account: Omit<AccountState, 'now' | 'sight' | 'fetchPublic' | 'hostAnswers'>;
  issuers: () => IssuerHost[];
  faults?: Faults;
  clock: () => number;
  propagation: number;
}

/** A call made out of a request: how to run it, and how its service writes refusals. */
interface Prepared {
  service: AwsCall['service'];
  action: string;
  write: boolean;
  input: Record<string, string>;
  run(): HttpAnswer | Promise<HttpAnswer>;
  refuse(error: AwsError): HttpAnswer;
  principal?: string;
  /** What it acts on, as refusals name it. */
  resource?: string;
}

/** No answer came: the connection broke. */
const SILENCE: HttpAnswer = { status: 0 };

/** What a call came to, whether anybody hears of it or not. */
interface Done { answer?: HttpAnswer }

/** The hosts of AWS: finds the service, checks who asks, lets faults strike, keeps the log. */
export class AwsServer implements Internet {
  readonly state: AccountState;
  readonly calls: AwsCall[] = [];
  private readonly options: ServerOptions;
  private count = 0;
  private hidden = 0;

  constructor(options: ServerOptions) {
    this.options = options;
    this.state = {
      ...options.account,
      now:         options.clock,
      sight:       () => ({ readableAt: options.clock() + this.hidden, usableAt: options.clock() + Math.max(this.hidden, options.propagation) }),
      fetchPublic: (url) => this.fetchPublic(url),
      hostAnswers: (url) => this.hostAnswers(new URL(url).host),
    };
  }

  async send(request: AwsRequest): Promise<HttpAnswer | undefined> {
    const issued = issuerDocument(this.options.issuers(), request.host, request.url.split('?')[0] ?? '');

    if (issued) {
      return issued;
    }
    const endpoint = endpointOf(request.host);

    if (!endpoint) {
      return this.hostAnswers(request.host) ? { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' } : undefined;
    }
    this.count += 1;

    return await this.serve(this.prepare(request, endpoint, requestId(this.count)), request);
  }

  /** A request to an address of one's own (`AWS_ENDPOINT_URL`): signed for that address, meant for a service of AWS. */
  async sendDirect(request: AwsRequest): Promise<HttpAnswer> {
    this.count += 1;

    return await this.serve(this.prepare(request, directEndpoint(request, this.state), requestId(this.count)), request);
  }

  private hostAnswers(host: string): boolean {
    return isIssuerHost(host) || endpointOf(host) !== undefined || this.options.issuers().some(({ issuer }) => new URL(issuer).host === host);
  }

  private async fetchPublic(url: string): Promise<{ status: number; body: string } | undefined> {
    if (!URL.canParse(url)) {
      return undefined;
    }
    const { host, pathname, search, protocol } = new URL(url);
    // Documents of issuers are fetched by AWS itself: no call of the account, no fault of ours.
    const issued = issuerDocument(this.options.issuers(), host, pathname);
    const endpoint = endpointOf(host);
    const request: AwsRequest = { method: 'GET', host, url: pathname + search, headers: {}, body: Buffer.alloc(0) };

    if (protocol !== 'https:' || !this.hostAnswers(host)) {
      return undefined;
    }
    if (!issued && endpoint?.service !== 's3') {
      return { status: 404, body: 'Not Found' };
    }
    const answer = issued ?? await this.attempt(this.prepare(request, endpoint as Endpoint, requestId(0)), {});

    return { status: answer.status, body: String(answer.body ?? '') };
  }

  private prepare(request: AwsRequest, endpoint: Endpoint, id: string): Prepared {
    switch (endpoint.service) {
    case 'iam':
    case 'sts':
      return this.query(request, endpoint, id);
    case 'eks':
      return this.eks(request, endpoint, id);
    default:
      return this.s3(request, endpoint, id);
    }
  }

  private query(request: AwsRequest, endpoint: Endpoint, id: string): Prepared {
    const { service } = endpoint as { service: 'iam' | 'sts' };
    const [, search = ''] = request.url.split(/\?(.*)/s);
    const parameters = new Parameters(new URLSearchParams(request.method === 'POST' ? request.body.toString() : search));
    const action = parameters.get('Action') ?? '';
    const version = service === 'iam' ? IAM_VERSION : STS_VERSION;
    const style = { namespace: service === 'iam' ? IAM_NAMESPACE : STS_NAMESPACE, id, json: prefersJson(request.headers.accept) };
    const iam = service === 'iam' ? findIamAction(action) : undefined;
    const unknown = new AwsError(400, 'InvalidAction', `Could not find operation ${ action } for version ${ parameters.get('Version') ?? 'NO_VERSION_SPECIFIED' }`);

    return {
      service, action, write: iam?.write ?? false, input: parameters.visible(), refuse: (error) => queryError(style, error), principal: this.nameOfSigner(request),
      resource: iam && this.resourceOf(iam, parameters, request),
      run: async() => {
        if (service === 'sts' && action === 'AssumeRoleWithWebIdentity' && parameters.get('Version') === version) {
          return queryAnswer(style, action, await assumeRoleWithWebIdentity(this.state, parameters));
        }
        const key = callerOf(this.state, request, endpoint);

        if (parameters.get('Version') !== version || (!iam && !(service === 'sts' && action === 'GetCallerIdentity'))) {
          throw unknown;
        }

        return queryAnswer(style, action, iam ? runIam(action, iam, { state: this.state, parameters, key }) : getCallerIdentity(this.state, key));
      },
    };
  }

  private resourceOf(iam: IamAction, parameters: Parameters, request: AwsRequest): string {
    const target = iam.target({ state: this.state, parameters, key: { id: '', secret: '', principalArn: this.nameOfSigner(request) ?? '' } });

    return target.shown ?? target.arn;
  }

  private nameOfSigner(request: AwsRequest): string | undefined {
    return this.state.keys.get(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '')?.principalArn;
  }

  private eks(request: AwsRequest, endpoint: Endpoint, id: string): Prepared {
    const [path = '', search = ''] = request.url.split(/\?(.*)/s);
    const found = eksActionOf(request.method, path);
    // EKS names the same refusals otherwise (restJson1; AWS Common Errors).
    const names: Record<string, string> = {
      MissingAuthenticationToken: 'MissingAuthenticationTokenException', InvalidClientTokenId: 'UnrecognizedClientException', SignatureDoesNotMatch: 'InvalidSignatureException', IncompleteSignature: 'IncompleteSignatureException',
      ExpiredToken: 'ExpiredTokenException'
    };

    return {
      service: 'eks', action: found?.action ?? request.method, write: false, input: found?.name ? { name: found.name } : {}, principal: this.nameOfSigner(request),
      // The code is that of AWS' Common Errors; that EKS words it as API Gateway does was not seen in a recording.
      refuse: ({ status, code, message, details }) => jsonError(new AwsError(status, names[code] ?? code, code === 'MissingAuthenticationToken' ? 'Missing Authentication Token' : message, details), id),
      run:    () => {
        const key = callerOf(this.state, request, endpoint);

        if (!found) {
          throw new AwsError(404, 'UnknownOperationException', 'Unknown operation');
        }

        return eksAnswer(runEks({ state: this.state, key, region: endpoint.region, query: new URLSearchParams(search) }, found.action, found.name), id);
      },
    };
  }

  private s3(request: AwsRequest, endpoint: Endpoint, id: string): Prepared {
    const refuse = (error: AwsError): HttpAnswer => (request.method === 'HEAD' ? { status: error.status, headers: { 'x-amz-request-id': id }, body: '' } : s3Error(error, id));
    let read: S3Request;

    try {
      read = readS3Request(request, endpoint);
    } catch (error) {
      return { service: 's3', action: request.method, write: false, input: {}, refuse, run: () => {
        throw error;
      } };
    }
    const action = s3ActionOf(read);

    return {
      refuse, service: 's3', action: action ?? request.method, write: action !== undefined && isS3Write(action), input: { bucket: read.bucket, ...read.key ? { key: read.key } : {} }, principal: this.nameOfSigner(request),
      resource: `"${ arnOfTarget({ state: this.state, request: read }) }"`,
      run:      () => {
        const key = authenticateS3(this.state, request, endpoint);

        if (!action) {
          throw new AwsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
        }

        return runS3({ state: this.state, request: read, key, id }, action);
      },
    };
  }

  private async serve(call: Prepared, request: AwsRequest): Promise<HttpAnswer> {
    const path = `//${ request.host }${ request.url }`;
    const fault = this.options.faults?.take({ action: call.action, method: request.method, path });
    const done: Done = {};
    const answer = fault ? await this.struck(call, fault, done) : await this.attempt(call, done);

    this.calls.push({
      service: call.service,
      action:  call.action,
      write:   call.write,
      input:   call.input,
      status:  answer.status,
      done:    (done.answer?.status ?? 400) < 400,
      ...codeOf(answer) ? { errorCode: codeOf(answer) } : {},
      at:      this.state.now(),
    });

    return answer;
  }

  private async struck(call: Prepared, fault: Fault, done: Done): Promise<HttpAnswer> {
    const error = faultError(fault, call.service, call.action, call.principal ?? '', call.resource);

    if (error) {
      return call.refuse(error);
    }
    switch (fault.kind) {
    case 'timeout':
      await new Promise((resolve) => setTimeout(resolve, fault.delay ?? 1000).unref());

      return SILENCE;
    case 'lost-answer':
      await this.attempt(call, done);

      return SILENCE;
    default:
      return await this.attempt(call, done, fault.delay ?? 3000);
    }
  }

  /** Runs a call; `hidden`: milliseconds that what it makes stays unseen. */
  private async attempt(call: Prepared, done: Done, hidden = 0): Promise<HttpAnswer> {
    this.hidden = hidden;
    try {
      done.answer = await call.run();

      return done.answer;
    } catch (error) {
      if (error instanceof AwsError) {
        return call.refuse(error);
      }
      throw error;
    } finally {
      this.hidden = 0;
    }
  }
}

function codeOf({ status, headers, body }: HttpAnswer): string | undefined {
  const type = headers?.['x-amzn-errortype'];

  return status >= 400 ? (/<Code>([^<]+)</.exec(String(body)) ?? /"Code":"([^"]+)"/.exec(String(body)))?.[1] ?? (typeof type === 'string' ? type : undefined) : undefined;
}
