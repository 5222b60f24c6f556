import type { ErrorCode } from './catalogue';

/** What AWS says when it refuses a call for want of a right. */
export interface Denial {
  /** ARN of who asked. */
  caller?: string;
  /** `iam:CreateRole` */
  action?: string;
  /** As AWS names it: an ARN, or `role x` in some old texts. */
  resource?: string;
  code: Extract<ErrorCode, `DENIED${ string }`>;
}

/** Kinds of policy in AWS' texts (IAM User Guide, «Troubleshoot access denied error messages»), most telling first. */
const POLICIES: readonly [RegExp, Denial['code']][] = [
  [/service control polic/i, 'DENIED_BY_SCP'],
  [/resource control polic/i, 'DENIED_BY_RCP'],
  [/permissions boundar/i, 'DENIED_BY_BOUNDARY'],
  [/session polic/i, 'DENIED_BY_SESSION'],
  [/VPC endpoint polic/i, 'DENIED_BY_ENDPOINT'],
  [/resource-based polic/i, 'DENIED_BY_RESOURCE'],
  [/identity-based polic/i, 'DENIED_BY_IDENTITY'],
];

/**
 * Takes the text of an AccessDenied apart: `User: <arn> is not authorized to perform: <action> on resource: <resource> because no
 * <kind> policy allows the <action> action`, or `… with an explicit deny in a <kind> policy`. Parts that are not there stay undefined.
 */
export function parseDenial(message: string): Denial {
  const [, caller, action, resource, reason = ''] = /User: (\S+) is not authorized to perform: ([\w-]+:\w+)(?: on resource: (.+?))?(?=$|[.]?$| because | with an explicit deny)(.*)$/s.exec(message) ?? [];

  return {
    caller, action, resource: resource?.replace(/^"|"$/g, '').trim() || undefined, code: POLICIES.find(([pattern]) => pattern.test(reason))?.[1] ?? 'DENIED'
  };
}
