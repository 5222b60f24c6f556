import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { EKSClient, CreateClusterCommand } from '@aws-sdk/client-eks';
import { pythonProgram } from '../../../scripts/real/python.mjs';
import type { Internet } from '../../sandbox/contracts.ts';
import { TestIssuer } from '../../sandbox/aws/testing.ts';
import { ISSUER, clientOptions, proxied, type AwsTarget } from '../../contract/aws/target';

const CREDENTIALS = { accessKeyId: 'AKIAMOTO', secretAccessKey: 'moto' };
const ACCOUNT_ID = '111122223333';

/** All hosts of AWS at one address: moto tells services apart by Host header and signature, as it does for real ones. */
function internet(url: string): Internet {
  const { hostname, port } = new URL(url);

  return {
    send: ({ method, host, url: path, headers, body }) => new Promise((resolve, reject) => {
      const outgoing = request({ method, hostname, port, path, headers: { ...headers, host, 'content-length': body.length } }, (incoming) => {
        const chunks: Buffer[] = [];

        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({
          status:  incoming.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value ?? ''])),
          body:    Buffer.concat(chunks),
        }));
      });

      outgoing.on('error', reject);
      outgoing.end(body);
    }),
  };
}

/** Starts moto's server on a free port of the loopback; rejects with what it said when it does not come up. */
async function startMoto({ command, args }: { command: string; args: string[] }): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(command, [...args, '-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MOTO_ACCOUNT_ID: ACCOUNT_ID, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' } });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';

  const url = await new Promise<string>((resolve, reject) => {
    const listen = (part: Buffer): void => {
      said += part.toString();
      const running = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];

      if (running) {
        resolve(running);
      }
    };

    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`moto ended with ${ code }: ${ said }`)));
  });

  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

export function hasMoto(): boolean {
  return pythonProgram('moto') !== undefined;
}

/** moto: an AWS that we did not write. It checks neither signatures nor tokens. */
export async function motoAws(): Promise<AwsTarget> {
  const program = pythonProgram('moto');

  if (!program) {
    throw new Error('moto is not installed: npm run test:real does that');
  }
  const { url, stop } = await startMoto(program);
  const issuer = new TestIssuer(ISSUER);
  const target: AwsTarget = {
    name:        'moto',
    accountId:   ACCOUNT_ID,
    url,
    credentials: CREDENTIALS,
    route:       () => proxied(internet(url), CREDENTIALS),
    mint:        (claims) => issuer.mint(claims),
    stop,
    async reset() {
      const { ok, status } = await fetch(`${ url }/moto-api/reset`, { method: 'POST' });

      if (!ok) {
        throw new Error(`moto does not reset: ${ status }`);
      }
    },
    async seedCluster(name, region) {
      await new EKSClient(clientOptions(target, region)).send(new CreateClusterCommand({ name, roleArn: `arn:aws:iam::${ ACCOUNT_ID }:role/eks`, resourcesVpcConfig: { subnetIds: ['subnet-1'] } }));
    },
  };

  return target;
}
