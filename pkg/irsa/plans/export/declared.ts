import type { Plan, Ref, Step, Value } from '../plan';
import { comment, refsIn } from './sh';

type Input = Record<string, Value>;

/** A step's AWS input; undefined for steps of another kind or another command. */
export function inputOf({ call }: Step, ...commands: string[]): Input | undefined {
  return 'aws' in call && call.aws.service !== 'sts' && commands.includes(call.aws.command) ? call.aws.input as Input : undefined;
}

/** The step of a plan that makes (or rewrites) the role of a name: what is about that role has to come after it. */
export function roleStep({ steps }: Plan, roleName: Value | undefined): Step | undefined {
  return steps.find((step) => {
    const input = inputOf(step, 'CreateRole', 'UpdateAssumeRolePolicy');

    return input !== undefined && input.RoleName === roleName;
  });
}

/** Whether a policy of this name is in the role already; the plan then showed what is there before. */
export function replacesPolicy({ documents }: Plan, step: Step): boolean {
  return step.change === 'change' && documents.some(({ id, before }) => id === 'permissions' && before !== undefined);
}

/** References that the steps left over make to those that are covered: what a template has to give out. */
export function handedOn({ steps }: Plan, covered: ReadonlySet<string>): Ref[] {
  const needed = refsIn(steps.filter(({ id }) => !covered.has(id)).map(({ call, until }) => [call, until])).filter(({ $ref }) => covered.has($ref.step));

  return needed.filter((ref, index) => needed.findIndex((other) => JSON.stringify(other) === JSON.stringify(ref)) === index);
}

/** Steps that a script has to do after the template: those that it does not cover and that make sense outside of Rancher. */
export function leftOver({ steps }: Plan, covered: ReadonlySet<string>): Step[] {
  return steps.filter(({ id, call, change, helm }) => !covered.has(id) && change !== 'allow' && (!('rancher' in call) || helm));
}

export function comments(lines: string[]): string {
  return lines.map(comment).join('\n');
}
