/** Registries under which anybody may have a name (as far as AWS' hosts go, after the public suffix list). */
const PUBLIC_SUFFIX = /^[^.]*$|^s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$|^co\.uk$/;

/** Patterns that would let in any host of a registry are passed over (pkg/httpproxy/proxy.go). */
function isTooBroad(pattern: string): boolean {
  const rest = /^(?:\*\.?|%\.)(.*)$/.exec(pattern)?.[1];

  return rest !== undefined && PUBLIC_SUFFIX.test(rest);
}

/** Whether Rancher forwards to a host: the exact name, `*` in front for any beginning, `%` for one whole label (pkg/httpproxy/proxy.go isAllowed). */
export function isAllowed(host: string, patterns: string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern === host) {
      return true;
    }
    if (isTooBroad(pattern)) {
      return false;
    }
    if (pattern.startsWith('*')) {
      return host.endsWith(pattern.slice(1));
    }
    if (!pattern.includes('.%.') && !pattern.startsWith('%.')) {
      return false;
    }
    const labels = pattern.split('.').map((label) => (label === '%' ? '[A-Za-z0-9-]+' : label.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')));

    return new RegExp(`^${ labels.join('\\.') }$`).test(host);
  });
}
