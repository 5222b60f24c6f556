import { samePolicy } from '../domain/json/same';
import { issuerOfProviderArn } from '../domain/issuer/issuer';
import { text } from '../domain/text';
import { bucketTags } from '../gateways/observe/hosting';
import type { Iam } from '../gateways/aws/iam';
import type { Adoption, Step } from './plan';
import { resolve } from './resolve';
import { ChangedError, type RunContext } from './run-context';
import { parsed } from './value';

/**
 * IAM says that what a step makes is there already. Gives what the step would have answered.
 * @throws ChangedError where it is not what this plan would have made
 */
export function adopt(step: Step & { adopt: Adoption }, iam: Iam, context: RunContext): Promise<unknown> {
  if ('bucket' in step.adopt) {
    return adoptBucket(step.adopt.bucket, step, context);
  }

  return 'provider' in step.adopt ? adoptProvider(step.adopt.provider, step, iam, context) : adoptRole(step.adopt.role, step, iam, context);
}

/** One read when the ARN is known, two when it has to be looked up; a write only where the audience is missing. */
async function adoptProvider({ issuer, audience, arn }: Extract<Adoption, { provider: unknown }>['provider'], step: Step, iam: Iam, context: RunContext): Promise<unknown> {
  const found = arn ?? (await iam.listProviders(context.signal)).find((one) => issuerOfProviderArn(one) === issuer);

  if (!found) {
    throw new ChangedError(step.id);
  }
  const { audiences } = await iam.getProvider(found, context.signal);

  if (!audiences?.includes(audience)) {
    await iam.send('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn: found, ClientID: audience }, context.signal);
    context.note('running', text('irsa.run.audienceAdded', { audience }));
  } else {
    context.note('running', text('irsa.run.alreadyThere'));
  }

  return { OpenIDConnectProviderArn: found };
}

/** A bucket of this account with our tags was made by this plan: the answer got lost, or an earlier run stopped behind it. */
async function adoptBucket({ name, region, tags }: Extract<Adoption, { bucket: unknown }>['bucket'], step: Step, { gateways, signal, note }: RunContext): Promise<unknown> {
  const seen = await bucketTags(gateways.s3!(region), name, signal);

  if (!Object.entries(tags).every(([key, value]) => seen[key] === value)) {
    throw new ChangedError(step.id);
  }
  note('running', text('irsa.run.alreadyThere'));

  return {};
}

/** A role of this name that trusts and is tagged just as this plan would have it was made by it: the answer got lost. */
async function adoptRole({ name, trustPolicy, tags }: Extract<Adoption, { role: unknown }>['role'], step: Step, iam: Iam, context: RunContext): Promise<unknown> {
  const role = await iam.getRole(name, context.signal);
  const wanted = resolve(trustPolicy, context.outputs);
  const ours = Object.entries(tags).every(([key, value]) => role.tags?.[key] === value);

  if (!ours || !samePolicy(parsed(role.trustPolicy), typeof wanted === 'string' ? parsed(wanted) : wanted)) {
    throw new ChangedError(step.id);
  }
  context.note('running', text('irsa.run.alreadyThere'));

  return { Role: { Arn: role.arn, RoleName: role.name } };
}
