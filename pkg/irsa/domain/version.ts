/** Whether one version is another or newer, by their first three numbers. */
export function isSince(version: string, since: string): boolean {
  const [a, b] = [version, since].map((one) => one.replace(/^v/, '').split(/[.+-]/).map((part) => parseInt(part, 10) || 0));

  for (let index = 0; index < 3; index++) {
    const ahead = (a![index] ?? 0) - (b![index] ?? 0);

    if (ahead) {
      return ahead > 0;
    }
  }

  return true;
}
