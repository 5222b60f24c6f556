import type { Text } from '../../domain/facts';
import type { Plan } from '../plan';
import { toCli } from './cli';
import { toCloudFormation } from './cloudformation';
import { leftOver } from './declared';
import { toTerraform } from './terraform';

export interface ExportFile {
  name: string;
  text: string;
}

export interface PlanExport {
  id: 'cli' | 'terraform' | 'cloudformation';
  /** In the order to be used: the template, then a script with what it cannot do. */
  files: ExportFile[];
}

/**
 * The plan in each form in which it can be taken away; one that would hold nothing is left out.
 * @param say  turns texts into words for comments
 */
export function exportsOf(plan: Plan, say?: (text: Text) => string): PlanExport[] {
  if (!plan.steps.length) {
    return [];
  }
  const terraform = toTerraform(plan);
  const cloudFormation = toCloudFormation(plan, say ? say(plan.title) : `Plan: ${ plan.id }`);

  return [
    { id: 'cli', files: [{ name: 'plan.sh', text: toCli(plan, say) }] },
    ...(terraform ? [{ id: 'terraform' as const, files: [{ name: 'main.tf', text: terraform.text }, ...rest(plan, terraform, say)] }] : []),
    ...(cloudFormation ? [{ id: 'cloudformation' as const, files: [{ name: 'template.yaml', text: cloudFormation.text }, ...rest(plan, cloudFormation, say)] }] : []),
  ];
}

function rest(plan: Plan, { covered, given }: { covered: ReadonlySet<string>; given: string[] }, say?: (text: Text) => string): ExportFile[] {
  const steps = leftOver(plan, covered);

  return steps.length ? [{ name: 'then.sh', text: toCli({ ...plan, steps }, say, given) }] : [];
}
