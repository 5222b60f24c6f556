import { getCurrentInstance } from 'vue';
import { mergeValues } from '../plans/index';
import { toYaml, type Plain } from '../plans/export/yaml';
import type { FoundAccess } from '../presets/found-in';
import { HeldBack } from './use-chart-role';

type Values = Record<string, unknown>;

/** What somebody answered about a chart's role. */
export interface TypedRole {
  /** Empty: the predicted one; undefined: nobody said. */
  role?: string;
  answers: Record<string, string>;
  withBucket: boolean;
}

/** How a section above a chart's form was left. */
export interface ChartNote {
  mode?: 'role' | 'key' | 'node';
  credential?: string;
  typed?: TypedRole;
  /** The role that is left is to be deleted. */
  deletes?: boolean;
  /** Values that the role's location took the place of. */
  aside?: Values;
  /** The values as they were when the page was opened. */
  original: Values;
  /** What the values said then. */
  found: FoundAccess;
}

const NOTE = '_irsa';

/** A note with a chart's values, which nobody sees or sends: forms of Rancher's keep theirs so, too (shell, chart/logging/index.vue). */
export function leaveNote(values: object | undefined, note: ChartNote | undefined): void {
  if (values && note) {
    Object.defineProperty(values, NOTE, { value: note, enumerable: false, configurable: true });
  }
}

export function noteIn(values: object | undefined): ChartNote | undefined {
  return (values as { [NOTE]?: ChartNote } | undefined)?.[NOTE];
}

/** What of a role and a key was said in values since they were like `before`, by whoever edited them: that is what holds then. */
export function isSaid(before: FoundAccess, now: FoundAccess): boolean {
  return now.roleArn !== before.roleArn || now.usesKey !== before.usesKey;
}

/** The answers that became others; empty where they were taken out. */
export function answersSaid(before: FoundAccess, now: FoundAccess): Record<string, string> {
  return Object.fromEntries(Object.keys({ ...before.answers, ...now.answers }).flatMap((id) => before.answers[id] === now.answers[id] ? [] : [[id, now.answers[id] ?? '']]));
}

/** What of Rancher's page for charts matters here (shell, pages/c/_cluster/apps/charts/install.vue). */
interface InstallPage {
  /** Of its editor, which is open in both of these. */
  valuesYaml: string;
  showingYaml: boolean;
  showingYamlDiff: boolean;
  chartValues?: object;
  /** Reads the text into `chartValues`. */
  applyYamlToValues(): { errors: string[] };
  /** Shows another text in the editor. */
  updateValue?(text: string): void;
}

/** Values as somebody left them in Rancher's YAML editor. */
export interface EditedValues {
  values: Values;
  /** Lays something over them, in the editor's text: that is what Rancher sends. */
  apply(addition: Values): void;
}

export interface ChartPage {
  /** Whether it can be told what is open on it. */
  isKnown: boolean;
  /**
   * Undefined while its form is what is sent.
   * @throws HeldBack with Rancher's own words where the text cannot be read
   */
  edited(): EditedValues | undefined;
}

/**
 * The page that a chart's form is on. Its form is taken down while its YAML editor is open; hooks are called all the same, and after them
 * the values are read from the editor's text (`actionInput`): what a hook writes into the form's values is lost then.
 */
export function useChartPage(): ChartPage {
  let above = getCurrentInstance()?.parent;

  while (above && !('valuesYaml' in (above.proxy?.$data ?? {}))) {
    above = above.parent;
  }
  const page = above?.proxy as unknown as InstallPage | undefined;

  return {
    isKnown: typeof page?.applyYamlToValues === 'function',
    edited() {
      if (!page?.showingYaml && !page?.showingYamlDiff) {
        return undefined;
      }
      const note = noteIn(page.chartValues);
      const [problem] = page.applyYamlToValues().errors;

      if (problem) {
        throw new HeldBack(problem);
      }
      // As it is sent: dates of YAML are texts there.
      const values = JSON.parse(JSON.stringify(page.chartValues ?? {})) as Values;

      leaveNote(page.chartValues, note);

      return {
        values,
        apply(addition) {
          // What is there already stays as it was typed, comments and all.
          if (JSON.stringify(mergeValues(values, addition)) !== JSON.stringify(values)) {
            page.valuesYaml = toYaml(mergeValues(values, addition) as Plain);
            page.updateValue?.(page.valuesYaml);
          }
        },
      };
    },
  };
}
