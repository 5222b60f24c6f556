import type { Text } from '../domain/facts';
import { foundIn, type FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';
import { answersSaid, isSaid, type ChartPage } from './chart-page';
import { roleOut, type ChartValues } from './chart-values';
import type { chartFollow } from './chart-follow';
import { failureOf, type Failure } from './failure';
import { HeldBack } from './use-chart-role';
import { escaped } from './use-text';

type Values = Record<string, unknown>;

/** A role with the answers that it was made for. */
export interface ReadyRole { roleArn: string; answers: Record<string, string> }

/** The questions about a chart's role. */
export interface AskedRole {
  /** Takes answers that were given elsewhere. */
  answer(given: Record<string, string>): unknown;
  /** The role that the values have, where it stays. @throws HeldBack */
  kept(roleArn: string | undefined): Promise<string | undefined>;
  /** Makes the role ready. @throws HeldBack */
  prepare(): Promise<ReadyRole>;
}

/** What the section above a chart's form knows when Rancher's page calls its hooks; it may be taken down by then. */
export interface ChartSection {
  preset: Preset;
  page: ChartPage;
  /** The form's values. */
  value: Values;
  apply: ChartValues['apply'];
  mode(): 'role' | 'key' | 'node' | undefined;
  /** Of the values, or of the account itself. */
  roleArn(): string | undefined;
  /** Waits for what is being looked at; undefined: nothing was asked. */
  asked(): Promise<AskedRole | undefined>;
  isClosed(): boolean;
  failure(): Failure | undefined;
  /** What is laid over values for a role. */
  valuesFor(values: Values, role: ReadyRole): Values;
}

/**
 * What the form does when Rancher's page installs or upgrades: before, the role and the values; after, whatever has to wait for Helm.
 * @param say  knows the words of the section
 */
export function chartHooks(section: ChartSection, follow: Pick<ReturnType<typeof chartFollow>, 'bound' | 'released'>, say: (text: Text) => string) {
  const { preset, page } = section;
  /** How the values end: with this role, without the one they had, or with nothing to do with either. */
  let end: { role: string } | 'released' | undefined;

  const held = (key: string, args?: Text['args']) => new HeldBack(say({ key, ...(args ? { args } : {}) }));
  const notSeen = (why: Text) => held('irsa.chart.notSeen', { why: say(why) });

  function unasked(): HeldBack {
    const failure = section.failure();

    return failure ? notSeen(failure.what) : held(section.isClosed() ? 'irsa.chart.goBack' : 'irsa.chart.chooseFirst');
  }

  async function prepared(values: Values, write: ChartValues['apply'], [was, now]: [FoundAccess, FoundAccess], isEdited: boolean): Promise<typeof end> {
    const [asked, present] = [await section.asked(), section.roleArn()];

    // An upgrade needs no look at AWS: a role that is there stays as it is.
    if (!asked && present) {
      return { role: present };
    }
    if (!asked) {
      throw unasked();
    }
    if (section.isClosed() && !page.isKnown) {
      throw held('irsa.chart.goBack');
    }
    asked.answer(answersSaid(was, now));
    const kept = await asked.kept(present);

    if (kept) {
      return { role: kept };
    }
    const ready = await asked.prepare();

    // Where the chart's data goes was said in the editor, too.
    write(section.valuesFor(values, isEdited ? { ...ready, answers: {} } : ready));

    return { role: ready.roleArn };
  }

  async function beforehand(): Promise<typeof end> {
    const edited = page.edited();
    const values = edited?.values ?? section.value;
    const write = edited?.apply ?? section.apply;
    const [was, now] = [foundIn(section.value, preset), foundIn(values, preset)];

    if (isSaid(was, now)) {
      return now.roleArn ? { role: now.roleArn } : section.roleArn() ? 'released' : undefined;
    }
    if (section.mode() === 'role') {
      return prepared(values, write, [was, now], !!edited);
    }
    write(roleOut(preset, values, now));

    return section.mode() && section.roleArn() ? 'released' : undefined;
  }

  return {
    /** Annotation and location, once the role is there; or out of the values what they say of a role that is not wished any more. @throws HeldBack */
    async before(): Promise<void> {
      try {
        end = await beforehand();
      } catch (error) {
        // Rancher's page shows it as HTML.
        throw new HeldBack(escaped(error instanceof HeldBack ? error.message : notSeen(failureOf(error).what).message));
      }
    },
    /** Not waited for: Rancher's page goes on to the App. */
    async after(): Promise<void> {
      if (end === 'released') {
        follow.released();
      } else if (end) {
        follow.bound(end.role);
      }
    },
  };
}
