import { ALL, type Kind } from './texts';

/** What was tried where, for the summary of a test file. */
export interface Tally {
  /** Tries every text at a place. What the place throws makes the test fail, with the text named. */
  everyText(place: string, check: (text: string, kind: Kind) => void | Promise<void>): Promise<void>;
  /** One case of a place that takes no texts: a document, an answer. */
  one(place: string, name: string, check: () => void | Promise<void>): Promise<void>;
  /** `12 places, 210 kinds of input: 2520 cases, 2520 harmless, 0 wrong` */
  summary(): string;
}

export function createTally(): Tally {
  const places = new Set<string>();
  const inputs = new Set<string>();
  let cases = 0;
  let wrong = 0;

  async function tried(place: string, input: string, check: () => void | Promise<void>): Promise<void> {
    places.add(place);
    inputs.add(input);
    cases++;
    try {
      await check();
    } catch (error) {
      wrong++;
      throw new Error(`${ place } with ${ JSON.stringify(input).slice(0, 200) }: ${ error instanceof Error ? error.message : String(error) }`, { cause: error });
    }
  }

  return {
    async everyText(place, check) {
      for (const [kind, text] of ALL) {
        await tried(place, text, () => check(text, kind));
      }
    },
    one:     (place, name, check) => tried(place, name, check),
    summary: () => `${ places.size } places, ${ inputs.size } inputs: ${ cases } cases, ${ cases - wrong } harmless, ${ wrong } wrong`,
  };
}
