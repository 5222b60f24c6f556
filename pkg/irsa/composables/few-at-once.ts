/** Does the work for each, in order, a few at the same time; once aborted, none is begun any more. */
export async function fewAtOnce<T>(all: T[], most: number, signal: AbortSignal, work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];

  await Promise.all(Array.from({ length: most }, async() => {
    for (let one = queue.shift(); one !== undefined && !signal.aborted; one = queue.shift()) {
      await work(one);
    }
  }));
}
