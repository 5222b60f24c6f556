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
  id: (typeof EXPORT_FORMS)[number];
  /** In the order to be used: the template, then a script with what it cannot do. */
  files: ExportFile[];
}

export const EXPORT_FORMS = ['cli', 'terraform', 'cloudformation'] as const;

/**
 * The plan in one form in which it can be taken away; no files where they would hold nothing.
 * @param say  turns texts into words for comments
 */
export function exportOf(plan: Plan, form: PlanExport['id'], say?: (text: Text) => string): ExportFile[] {
  if (!plan.steps.length) {
    return [];
  }
  if (form === 'cli') {
    return [{ name: 'plan.sh', text: toCli(plan, say) }];
  }
  const template = form === 'terraform' ? toTerraform(plan) : toCloudFormation(plan, say ? say(plan.title) : `Plan: ${ plan.id }`);

  return template ? [{ name: form === 'terraform' ? 'main.tf' : 'template.yaml', text: template.text }, ...rest(plan, template, say)] : [];
}

/** The plan in each form that holds something. */
export function exportsOf(plan: Plan, say?: (text: Text) => string): PlanExport[] {
  return EXPORT_FORMS.map((id) => ({ id, files: exportOf(plan, id, say) })).filter(({ files }) => files.length);
}

function rest(plan: Plan, { covered, given }: { covered: ReadonlySet<string>; given: string[] }, say?: (text: Text) => string): ExportFile[] {
  const steps = leftOver(plan, covered);

  return steps.length ? [{ name: 'then.sh', text: toCli({ ...plan, steps }, say, given) }] : [];
}
