import type { Fault, Faults } from './contracts.ts';

type Struck = Parameters<Faults['take']>[0];

/** One of another kind would be counted, and do nothing. */
const KINDS = new Set<string>(['throttle', 'error', 'deny', 'timeout', 'lost-answer', 'not-yet', 'conflict'] satisfies Fault['kind'][]);

/** Faults wait here until a request they match comes by; the one added first strikes first. */
export function createFaults(): Faults {
  let strikes = 0;
  const waiting: { fault: Fault; struck: Map<string, number> }[] = [];

  return {
    add: (fault) => {
      if (!KINDS.has(fault.kind)) {
        throw new Error(`there is no fault of the kind ${ fault.kind }`);
      }
      waiting.push({ fault, struck: new Map() });
    },
    clear: () => {
      waiting.length = 0;
      strikes = 0;
    },
    struck: () => strikes,
    take:   (request) => {
      for (const { fault, struck } of waiting) {
        const name = matchedName(fault.match, request);

        if (name === undefined) {
          continue;
        }
        const counter = fault.each ? name : '';
        const before = struck.get(counter) ?? 0;

        if (before < (fault.times ?? 1)) {
          struck.set(counter, before + 1);
          strikes++;

          return fault;
        }
      }

      return undefined;
    }
  };
}

/** What of the request the pattern names, or undefined: `CreateRole`, `Create*`, `PUT /v1/apps`, `* /meta/proxy`. */
function matchedName(pattern: string, { action, method, path }: Struck): string | undefined {
  const [wanted = '', prefix] = pattern.split(' ');

  if (prefix === undefined) {
    return action !== undefined && fits(wanted, action) ? action : undefined;
  }

  return (wanted === '*' || wanted === method) && path.startsWith(prefix.replace(/\*$/, '')) ? `${ method } ${ path }` : undefined;
}

function fits(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
