import type { Call, Step } from '../../pkg/irsa/plans/plan';
import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import { storeObject } from '../sandbox/aws/s3/versions.ts';
import type { World } from '../sandbox/scenario/world.ts';
import type { Interference } from './interference';
import { done, still } from './interference-act';

interface Input { RoleName?: string; PolicyName?: string; Url?: string; ClientIDList?: string[]; OpenIDConnectProviderArn?: string; Bucket?: string; Key?: string }

const theirStatement = { Sid: 'Theirs', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

/** What can come in the way of a call of AWS. */
export function atAws(step: Step, { service, command, input }: Extract<Call, { aws: unknown }>['aws'], steps: Step[], world: World): Interference[] | string {
  const { RoleName, Url, ClientIDList, OpenIDConnectProviderArn: arn } = input as Input;
  const { aws } = world;

  if (service === 's3') {
    return atBucket(step, command, input as Input, steps, world);
  }
  const role = () => [...aws.state.roles.values()].find(({ name }) => name === RoleName);
  const provider = () => arn ? aws.state.providers.get(arn) : undefined;
  const letIn: Interference = {
    name: 'lets in somebody else',
    ends: 'changed',
    act() {
      const policy = JSON.parse(role()!.trust) as { Statement: object | object[] };

      role()!.trust = JSON.stringify({ ...policy, Statement: [...[policy.Statement].flat(), theirStatement] });

      return () => role()?.trust.includes('Theirs') === true;
    },
  };
  const takeOver: Interference = { name: 'takes the role over', ends: 'changed', act: done(() => role()!.tags.set('rancher.io/irsa', 'theirs'), () => role()?.tags.get('rancher.io/irsa') === 'theirs') };

  switch (command) {
  case 'CreateOpenIDConnectProvider': return [{
    name: 'registers the issuer',
    ends: 'done',
    act() {
      const made = aws.seedProvider({ url: Url!, clientIds: ClientIDList, tags: { owner: 'somebody' } });

      return () => aws.state.providers.get(made.arn)?.tags.get('owner') === 'somebody';
    },
  }, {
    name: 'registers the issuer for another audience',
    ends: 'done',
    act() {
      const made = aws.seedProvider({ url: Url!, clientIds: ['theirs'], tags: { owner: 'somebody' } });

      return () => aws.state.providers.get(made.arn)?.clientIds.includes('theirs') === true;
    },
  }];
  case 'AddClientIDToOpenIDConnectProvider': return [{ name: 'adds another audience', ends: 'done', act: done(() => provider()!.clientIds.push('theirs'), () => provider()?.clientIds.includes('theirs') === true) }];
  case 'DeleteOpenIDConnectProvider': return [
    // What their provider trusts has to stay, too: a free name is anybody's.
    { name: 'takes the provider over', ends: 'changed', act: done(() => provider()!.tags.set('rancher.io/irsa', 'theirs'), () => provider()?.tags.get('rancher.io/irsa') === 'theirs' && aws.state.buckets.get(bucketIn(arn))?.objects.size === 2) },
    { name: 'takes it for another cluster', ends: 'changed', act: done(() => provider()!.tags.set('rancher.io/irsa-cluster', 'theirs'), () => provider()?.tags.get('rancher.io/irsa-cluster') === 'theirs' && aws.state.buckets.get(bucketIn(arn))?.objects.size === 2) },
    { name: 'adds another audience', ends: 'changed', asksAnew: true, act: done(() => provider()!.clientIds.push('theirs'), () => provider()?.clientIds.includes('theirs') === true) },
  ];
  case 'CreateRole': return [{
    name: 'makes a role of this name',
    ends: 'changed',
    act() {
      const { trust } = aws.seedRole({ name: RoleName!, trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } });

      return () => role()?.trust === trust;
    },
  }];
  case 'TagRole': return [letIn, takeOver];
  case 'UpdateAssumeRolePolicy': return [letIn];
  case 'PutRolePolicy': case 'DeleteRolePolicy': case 'DetachRolePolicy': case 'DeleteRole': {
    // Before what hangs on a role is taken away with it, the role itself is looked at.
    if (command !== 'PutRolePolicy' && step.expects && 'role' in step.expects) {
      return [letIn, takeOver];
    }
    if (!step.expects || !('inlinePolicy' in step.expects)) {
      return madeHere(steps, 'CreateRole');
    }
    const { policyName } = step.expects.inlinePolicy;

    return [{
      name: 'writes this policy',
      ends: 'changed',
      act() {
        role()!.inline.set(policyName, JSON.stringify({ Version: '2012-10-17', Id: 'Theirs', Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }] }));

        return () => role()?.inline.get(policyName)?.includes('Theirs') === true;
      },
      asksAnew: true,
    }];
  }
  default: throw new Error(`nobody thought about who else does what ${ command } does`);
  }
}

/** The name of the bucket that a provider's issuer is in. */
const bucketIn = (arn = '') => /oidc-provider\/([^.]+)/.exec(arn)?.[1] ?? '';

/** Of what a plan itself makes, only this plan knows. */
function madeHere(steps: Step[], command: string): string {
  if (!steps.some(({ call }) => 'aws' in call && call.aws.command === command)) {
    throw new Error(`is written over without a look, and there is no ${ command }`);
  }

  return `only this plan knows of it (${ command })`;
}

function atBucket({ expects, adopt }: Step, command: string, { Bucket = '', Key = '' }: Input, steps: Step[], { aws }: World): Interference[] | string {
  const bucket = () => aws.state.buckets.get(Bucket);
  const body = (key: string) => bucket()?.objects.get(key)?.[0]?.object?.body.toString();
  const store = (key: string, text: string) => storeObject(bucket()!, key, { body: Buffer.from(text), contentType: 'application/json', modified: Date.now() });
  /** All that a stranger would miss of theirs. */
  const whole = () => {
    const one = bucket();

    return JSON.stringify(one && [[...one.tags ?? []], [...one.blocked].sort(), one.policy, one.versioning, one.ownership, [...one.objects].map(([key]) => [key, body(key)])]);
  };
  const retag: Interference = { name: 'takes the bucket over', ends: 'changed', act: still(() => {
 bucket()!.tags = new Map([['rancher.io/irsa', 'theirs']]);
  }, whole) };

  if (command === 'CreateBucket') {
    const region = adopt && 'bucket' in adopt ? adopt.bucket.region : '';
    const make = (more: object) => still(() => aws.state.buckets.set(Bucket, { ...newBucket(aws.state, Bucket, region), ...more }), whole);

    return [
      { name: 'makes it in another account', ends: 'failed', act: make({ owner: '999999999999' }) },
      { name: 'makes it in this account', ends: 'changed', act: make({ tags: new Map([['team', 'theirs']]) }) },
    ];
  }
  if (command === 'DeleteBucket') {
    return [retag, { name: 'puts something into it', ends: 'failed', act: done(() => store('theirs', 'x'), () => body('theirs') === 'x') }];
  }
  if (command === 'PutObject' && expects && 's3' in expects) {
    return [{ name: 'writes the document', ends: 'changed', asksAnew: true, act: done(() => store(Key, '{"theirs":true}'), () => body(Key) === '{"theirs":true}') }];
  }
  if (command === 'PutBucketPolicy' && expects && 's3' in expects) {
    const policy = JSON.stringify({ Version: '2012-10-17', Id: 'Theirs', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${ Bucket }/theirs` }] });

    return [{ name: 'writes the policy', ends: 'changed', act: done(() => {
 bucket()!.policy = policy;
    }, () => bucket()?.policy?.includes('/theirs') === true) }];
  }
  if (['PutPublicAccessBlock', 'PutBucketOwnershipControls', 'PutBucketVersioning', 'PutBucketPolicy', 'PutObject', 'DeleteObject'].includes(command)) {
    return expects && 'bucketTags' in expects ? [retag] : madeHere(steps, 'CreateBucket');
  }
  throw new Error(`nobody thought about who else does what ${ command } does`);
}
