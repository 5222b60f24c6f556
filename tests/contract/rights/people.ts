import { createCredential } from '../../sandbox/rancher/norman/cloud-credentials.ts';
import { readIdentityPolicy } from '../../sandbox/aws/policy/document.ts';
import { put } from '../../sandbox/scenario/put.ts';
import type { World } from '../../sandbox/scenario/world.ts';
import { ACCOUNT, REGION } from '../../sandbox/scenario/scenario.ts';
import { backupPolicy, credentialPolicy, type PolicyDocument } from '../../../pkg/irsa/domain/rights/policy';
import { NEW_BUCKET } from '../backup-buckets';
import { GLOBAL_ROLE, ROLE_TEMPLATE, roleObject } from '../../../pkg/irsa/plans/rights/roles';

/** Somebody who has exactly what ships, and the credential whose user has exactly the policy that ships. */
export const IRMA = { id: 'u-irma', username: 'irma', displayName: 'Irma Irsa', password: 'sandbox-irma-1' };
export const CREDENTIAL = 'cattle-global-data:cc-irma';
const KEY = { id: 'AKIASANDBOXIRMA00001', secret: 'sandbox/secret/key/of/irma/000000000000001' };

export const USER = `arn:aws:iam::${ ACCOUNT }:user/machines/irma`;
/** A role of somebody else that the admin named in the policy. */
export const OTHER_ROLE = `arn:aws:iam::${ ACCOUNT }:role/s3-reader`;

export interface Rights {
  /** Objects of Rancher's, as shipped or with something taken out. */
  globalRole: ReturnType<typeof roleObject>;
  roleTemplate: ReturnType<typeof roleObject>;
  policy: PolicyDocument;
  /** Clusters that the person owns, as Rancher's own role has it. */
  owns: string[];
}

/** Answers of an admin on the page that makes the policy; none: the policy as it is made by default. */
export interface PolicyAnswers {
  issuers?: true;
  /** The second document, which is for who makes buckets. */
  buckets?: true;
  /** A role of somebody else that may be changed. */
  others?: true;
  /** ARN of the boundary that new roles must have. */
  boundary?: string;
}

/** What ships, and no more than a journey needs. */
export function shipped({ owns = [], policy: { issuers, buckets, others, boundary } = {} }: { owns?: string[]; policy?: PolicyAnswers } = {}): Rights {
  const policy = credentialPolicy({ partition: 'aws', accountId: ACCOUNT, ...issuers ? { issuers } : {}, ...others ? { otherRoles: [OTHER_ROLE] } : {}, ...boundary ? { boundary } : {} });
  const Statement = buckets ? backupPolicy('aws', [NEW_BUCKET.name]).Statement : [];

  return { globalRole: roleObject('globalRole'), roleTemplate: roleObject('roleTemplate'), policy: { ...policy, Statement: [...policy.Statement, ...Statement] }, owns };
}

/** Puts the person, their roles and their credential into a world, as an admin would. */
export function seedIrma({ rancher, clusters, aws }: World, { globalRole, roleTemplate, policy, owns }: Rights, tags: Record<string, string> = {}): void {
  const local = clusters.local.kube;
  const group = 'management.cattle.io';
  const who = { userName: IRMA.id, userPrincipalName: `local://${ IRMA.id }` };

  rancher.users.add(IRMA);
  put(local, group, 'globalroles', globalRole as never);
  put(local, group, 'roletemplates', roleTemplate as never);
  ['user', GLOBAL_ROLE].forEach((globalRoleName) => put(local, group, 'globalrolebindings', { metadata: { name: `grb-irma-${ globalRoleName }` }, globalRoleName, ...who }));
  for (const { id, name } of clusters.all().slice(0, 4)) {
    put(local, group, 'clusterroletemplatebindings', { metadata: { name: 'crtb-irma', namespace: id }, clusterName: id, roleTemplateName: owns.includes(name) ? 'cluster-owner' : ROLE_TEMPLATE, ...who });
  }
  aws.state.keys.set(KEY.id, { ...KEY, principalArn: USER, policy: readIdentityPolicy(JSON.stringify(policy)), tags });
  createCredential(clusters.local, {
    id:          CREDENTIAL.split(':')[1],
    name:        'irma',
    owner:       IRMA.id,
    annotations: { 'provisioning.cattle.io/driver': 'aws' },
    data:        Object.fromEntries(Object.entries({ accessKey: KEY.id, secretKey: KEY.secret, defaultRegion: REGION }).map(([key, value]) => [`amazonec2credentialConfig-${ key }`, Buffer.from(value).toString('base64')])),
  });
}
