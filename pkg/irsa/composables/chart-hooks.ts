import type { Text } from '../domain/facts';
import { mergeValues } from '../plans/index';
import { foundIn, type FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';
import { accountId, type Account } from './accounts';
import { answersSaid, isSaid, type ChartPage } from './chart-page';
import { besideIn, joinsIn, mainIn, roleOut, type ChartValues } from './chart-values';
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
  /** The role that the values have, where it stays. @param isWhole  whether all accounts that need it have it there @throws HeldBack */
  kept(roleArn: string | undefined, isWhole: boolean): Promise<string | undefined>;
  /** Makes the role ready for these accounts, the chart's own first. @throws HeldBack */
  prepare(accounts: [Account, ...Account[]]): Promise<ReadyRole>;
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
  /** Whether answers were given that are not the values' first ones. */
  isAnswered(): boolean;
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
  /** How the values end: with this role, without the one they had (none is named then), or with nothing to do with either. */
  let end: { role?: string; accounts: Account[] } | undefined;
  /** What was written into the editor's text already, should it have to be sent again: nobody said that there. */
  let written: FoundAccess | undefined;

  const held = (key: string, args?: Text['args']) => new HeldBack(say({ key, ...(args ? { args } : {}) }));
  const notSeen = (why: Text) => held('irsa.chart.notSeen', { why: say(why) });

  function unasked(): HeldBack {
    const failure = section.failure();

    return failure ? notSeen(failure.what) : held(section.isClosed() ? 'irsa.chart.goBack' : 'irsa.chart.chooseFirst');
  }

  function having(values: Values, role: string): typeof end {
    return { role, accounts: [mainIn(preset, values), ...joinsIn(preset, values).flatMap(({ roleArn, account }) => roleArn === role ? account : [])] };
  }

  async function prepared(values: Values, write: ChartValues['apply'], [was, now]: [FoundAccess, FoundAccess], isEdited: boolean): Promise<typeof end> {
    const [asked, present] = [await section.asked(), section.roleArn()];
    const joins = joinsIn(preset, values);

    // An upgrade needs no look at AWS: a role that is there stays as it is. What it may do for another place has to be seen.
    if (!asked && present && !section.isAnswered()) {
      return having(values, present);
    }
    if (!asked) {
      throw unasked();
    }
    if (section.isClosed() && !page.isKnown) {
      throw held('irsa.chart.goBack');
    }
    asked.answer(answersSaid(was, now));
    const main = mainIn(preset, values);
    const kept = await asked.kept(present, joins.every(({ roleArn }) => roleArn) && accountId(main) === accountId(mainIn(preset, section.value)));

    if (kept) {
      return having(values, kept);
    }
    const accounts: [Account, ...Account[]] = [main, ...joins.map(({ account }) => account)];
    const ready = await asked.prepare(accounts);

    // Where the chart's data goes was said in the editor, too.
    write(section.valuesFor(values, isEdited ? { ...ready, answers: {} } : ready));

    return { role: ready.roleArn, accounts };
  }

  async function beforehand(): Promise<typeof end> {
    const edited = page.edited();
    const values = edited?.values ?? section.value;
    let sent = values;
    const write = (addition: Values) => {
      (edited?.apply ?? section.apply)(addition);
      sent = mergeValues(values, addition);
      written = foundIn(sent, preset);
    };
    const [was, now] = [(edited && written) ?? foundIn(section.value, preset), foundIn(values, preset)];
    const had = [mainIn(preset, section.value), ...joinsIn(preset, section.value).flatMap(({ roleArn, account }) => roleArn ? account : [])];
    /** Without a role now; an account that has one in what is sent keeps it: its operator would write it back, again and again. */
    const without = (): typeof end => {
      const has = new Set(besideIn(preset, sent).map(({ roleArn, account }) => roleArn && accountId(account)));

      return section.roleArn() ? { accounts: had.filter((one) => !has.has(accountId(one))) } : undefined;
    };

    if (isSaid(was, now)) {
      return now.roleArn ? having(values, now.roleArn) : without();
    }
    if (section.mode() === 'role') {
      return prepared(values, write, [was, now], !!edited);
    }
    write(roleOut(preset, values, now));

    return section.mode() && without();
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
      if (end?.role) {
        follow.bound(end.role, end.accounts);
      } else if (end) {
        follow.released(end.accounts);
      }
    },
  };
}
