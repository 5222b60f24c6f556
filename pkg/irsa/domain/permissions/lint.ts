import { parseArn } from '../aws/arn';
import { ROLE_POLICY_SIZE } from '../aws/quotas';
import type { Finding, Partition, Text } from '../facts';
import { text } from '../text';
import { many } from '../trust/document';
import type { PermissionDocument, PermissionStatement } from './document';
import { escalation } from './escalation';
import { permissionsSize } from './size';

/** What is known beside the document; rules that need more than they have stay silent. */
export interface PermissionContext {
  /** Where the role lives. */
  partition?: Partition;
  /** Whether IAM has such an action (lower or upper case does not matter); wildcards are not asked about. */
  isAction?: (action: string) => boolean;
  /** Characters left for this policy; `ROLE_POLICY_SIZE` when not known. */
  quota?: number;
}

/** Codes are stable, severities are those of the worst case. */
export const PERMISSION_FINDINGS = {
  PERM_EVERYTHING:     'critical',
  PERM_ESCALATION:     'critical',
  PERM_NOT_ACTION:     'high',
  PERM_NOT_RESOURCE:   'high',
  PERM_SERVICE_STAR:   'high',
  PERM_PARTITION:      'high',
  PERM_BUCKET_ACTION:  'high',
  PERM_OBJECT_ACTION:  'high',
  PERM_TOO_LONG:       'high',
  PERM_ANY_RESOURCE:   'medium',
  PERM_OTHER_SERVICE:  'medium',
  PERM_UNKNOWN_ACTION: 'medium',
  PERM_VARIABLES:      'medium',
  PERM_NO_PREFIX:      'info',
} as const satisfies Record<string, Finding['severity']>;

export type PermissionCode = keyof typeof PERMISSION_FINDINGS;

type Say = (code: PermissionCode, title: Text, why: Text) => void;
type Rule = (statement: Required<Pick<PermissionStatement, 'Effect'>> & Parts, say: Say, context: PermissionContext) => void;

interface Parts {
  statement: PermissionStatement;
  actions: string[];
  resources: string[];
  /** The statement holds only under a condition. */
  isConditional: boolean;
}

/** Calls that read, or end a reading of one's own; on `*` they are worth no word, many of them take nothing else. */
const READS = /^logs:stopquery$|^[a-z0-9-]+:(get|list|describe|batchget|head|lookup|search|query|select)/i;
const BUCKET_CALLS = /^s3:(list(bucket\w*|allmybuckets)|get(bucket\w*|lifecycleconfiguration|encryptionconfiguration)|(create|delete)bucket|put(bucket\w*|lifecycleconfiguration|encryptionconfiguration))$/i;
const OBJECT_CALLS = /^s3:((get|put|delete|restore)object\w*|abortmultipartupload|listmultipartuploadparts)$/i;
/** Services whose ARNs carry another name than their actions (Service Authorization Reference). */
const ARN_NAMES: Record<string, string> = { 'waf-regional': 'wafv2', apigateway: 'execute-api', monitoring: 'cloudwatch', elasticache: 'elasticache', tag: '*' };

/** Whether an ARN's last part names an object, and not a bucket alone. */
const isObjects = (arn: string): boolean => parseArn(arn)?.resource.includes('/') ?? false;
const serviceOf = (action: string): string => action.split(':')[0]!.toLowerCase();

const RULES: Rule[] = [
  ({ actions, resources, statement, isConditional }, say) => {
    if (statement.NotAction !== undefined) {
      say('PERM_NOT_ACTION', text('irsa.finding.PERM_NOT_ACTION.title'), text('irsa.finding.PERM_NOT_ACTION.why', { actions: many(statement.NotAction).join(', ') }));
    }
    if (statement.NotResource !== undefined) {
      say('PERM_NOT_RESOURCE', text('irsa.finding.PERM_NOT_RESOURCE.title'), text('irsa.finding.PERM_NOT_RESOURCE.why', { resources: many(statement.NotResource).join(', ') }));
    }
    if (actions.includes('*') && resources.includes('*')) {
      return say('PERM_EVERYTHING', text('irsa.finding.PERM_EVERYTHING.title'), text('irsa.finding.PERM_EVERYTHING.why'));
    }
    const isStar = (action: string) => /^(\*|[^:]+:\*)$/.test(action);
    const stars = actions.filter(isStar);

    if (stars.length) {
      say('PERM_SERVICE_STAR', text('irsa.finding.PERM_SERVICE_STAR.title', { action: stars[0]! }), text('irsa.finding.PERM_SERVICE_STAR.why'));
    }
    const writes = actions.filter((action) => !READS.test(action) && !isStar(action));
    const escalating = escalation(statement) ?? (resources.includes('*') && !isConditional ? actions.find((action) => /^sts:assumerole$/i.test(action)) : undefined);

    if (escalating) {
      say('PERM_ESCALATION', text('irsa.finding.PERM_ESCALATION.title', { action: escalating }), text('irsa.finding.PERM_ESCALATION.why'));
    } else if (resources.includes('*') && writes.length && !isConditional) {
      say('PERM_ANY_RESOURCE', text('irsa.finding.PERM_ANY_RESOURCE.title', { action: writes[0]! }), text('irsa.finding.PERM_ANY_RESOURCE.why', { actions: writes.join(', ') }));
    }
  },
  ({ resources }, say, { partition }) => {
    const wrong = partition && resources.find((arn) => arn !== '*' && arn.split(':')[1] !== partition && arn.split(':')[1] !== '*');

    if (wrong) {
      say('PERM_PARTITION', text('irsa.finding.PERM_PARTITION.title', { partition: wrong.split(':')[1]! }), text('irsa.finding.PERM_PARTITION.why', { arn: wrong, partition }));
    }
  },
  ({ actions, resources }, say) => {
    const services = new Set(actions.map(serviceOf).flatMap((service) => [service, Object.hasOwn(ARN_NAMES, service) ? ARN_NAMES[service]! : service]));
    const other = services.has('*') || !actions.length ? undefined : resources.find((arn) => arn !== '*' && !services.has(arn.split(':')[2]!) && !arn.split(':')[2]!.includes('*'));

    if (other) {
      say('PERM_OTHER_SERVICE', text('irsa.finding.PERM_OTHER_SERVICE.title', { arn: other }), text('irsa.finding.PERM_OTHER_SERVICE.why', { services: [...services].join(', ') }));
    }
  },
  ({ actions }, say, { isAction }) => {
    const unknown = isAction && actions.find((action) => !/[*?]/.test(action) && !isAction(action));

    if (unknown) {
      say('PERM_UNKNOWN_ACTION', text('irsa.finding.PERM_UNKNOWN_ACTION.title', { action: unknown }), text('irsa.finding.PERM_UNKNOWN_ACTION.why'));
    }
  },
  ({ actions, resources }, say) => {
    const s3 = resources.filter((arn) => arn.split(':')[2] === 's3');
    const onBucket = actions.find((action) => BUCKET_CALLS.test(action));
    const onObject = actions.find((action) => OBJECT_CALLS.test(action));

    if (onBucket && s3.length && resources.every((arn) => arn !== '*' && (arn.split(':')[2] !== 's3' || isObjects(arn)))) {
      say('PERM_BUCKET_ACTION', text('irsa.finding.PERM_BUCKET_ACTION.title', { action: onBucket }), text('irsa.finding.PERM_BUCKET_ACTION.why', { arn: s3[0]! }));
    }
    if (onObject && s3.length && resources.every((arn) => arn !== '*' && (arn.split(':')[2] !== 's3' || (!isObjects(arn) && !/\*$/.test(arn))))) {
      say('PERM_OBJECT_ACTION', text('irsa.finding.PERM_OBJECT_ACTION.title', { action: onObject }), text('irsa.finding.PERM_OBJECT_ACTION.why', { arn: s3[0]! }));
    }
  },
];

/**
 * What in a permission policy is more than a workload needs, or will not do what it says. Only allowing statements are judged:
 * whatever a denying one covers, it gives nothing.
 */
export function lintPermissions(document: PermissionDocument, context: PermissionContext = {}): Finding[] {
  const found: Finding[] = [];
  const statements = many(document.Statement);
  const quota = context.quota ?? ROLE_POLICY_SIZE;
  const size = permissionsSize(document);
  const folders = foldersOf(statements);

  statements.forEach((statement, index) => {
    const say: Say = (code, title, why) => found.push({ code, severity: PERMISSION_FINDINGS[code], title, why, statement: index });
    const parts = { statement, Effect: statement.Effect, actions: many(statement.Action), resources: many(statement.Resource), isConditional: Object.keys(statement.Condition ?? {}).length > 0 };

    if (statement.Effect === 'Allow') {
      RULES.forEach((rule) => rule(parts, say, context));
      noPrefix(parts, folders, say);
    }
    if (document.Version !== '2012-10-17' && JSON.stringify([statement.Resource, statement.NotResource, statement.Condition]).includes('${')) {
      say('PERM_VARIABLES', text('irsa.finding.PERM_VARIABLES.title'), text('irsa.finding.PERM_VARIABLES.why'));
    }
  });
  if (size > quota) {
    found.push({ code: 'PERM_TOO_LONG', severity: PERMISSION_FINDINGS.PERM_TOO_LONG, title: text('irsa.finding.PERM_TOO_LONG.title', { size, quota }), why: text('irsa.finding.PERM_TOO_LONG.why') });
  }

  return found;
}

/** By bucket, the first ARN of objects in it that is not all of them. */
function foldersOf(statements: PermissionStatement[]): Map<string, string> {
  const folders = new Map<string, string>();

  for (const arn of statements.flatMap(({ Resource }) => many(Resource))) {
    const bucket = arn.slice(0, Math.max(0, arn.indexOf('/')));

    if (bucket && arn !== `${ bucket }/*` && !folders.has(bucket)) {
      folders.set(bucket, arn);
    }
  }

  return folders;
}

/** Objects are kept to a folder, names are not: worth knowing, and often meant so, as HeadBucket carries no prefix. */
function noPrefix({ actions, resources, statement }: Parts, folders: Map<string, string>, say: Say): void {
  const bucket = actions.some((action) => /^s3:listbucket$/i.test(action)) ? resources.find((arn) => parseArn(arn)?.service === 's3' && !isObjects(arn)) : undefined;
  const folder = bucket && folders.get(bucket);
  const isKept = Object.values(statement.Condition ?? {}).some((keys) => Object.keys(keys).some((key) => key.toLowerCase() === 's3:prefix'));

  if (bucket && folder && !isKept) {
    say('PERM_NO_PREFIX', text('irsa.finding.PERM_NO_PREFIX.title'), text('irsa.finding.PERM_NO_PREFIX.why', { bucket, folder }));
  }
}
