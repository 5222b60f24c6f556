/** Does something, and says later whether it is still so. */
export function done(act: () => unknown, isThere: () => boolean): () => () => boolean {
  return () => {
    act();

    return isThere;
  };
}

/** Does something, and says later whether all is still as it was right after it. */
export function still(act: () => unknown, seen: () => unknown): () => () => boolean {
  return () => {
    act();
    const theirs = JSON.stringify(seen());

    return () => JSON.stringify(seen()) === theirs;
  };
}
