import { allowPattern } from '../domain/aws/hosts';
import { irsaError } from '../domain/errors';
import type { ObservedCluster, StsReach } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan, Step } from './plan';

/** Name of our ProxyEndpoint. */
const ENDPOINT = 'irsa-sts';

/**
 * Lets Rancher's proxy forward to STS, so that identities can be verified; zero steps when it does.
 * @throws IrsaError STS_NOT_OPENABLE when this person may not allow it
 */
export function planOpenSts(observed: ObservedCluster): Plan {
  if (!observed.sts.known || observed.sts.value.state === 'closed' || !allowPattern(observed.sts.value.host)) {
    const right = observed.sts.known ? observed.sts.value.missing : observed.sts.why.right;
    const needed = right ? `${ right.verb } ${ right.resource }.${ right.group }` : '';

    throw irsaError('STS_NOT_OPENABLE', { host: observed.sts.known ? observed.sts.value.host : 'sts', right: needed || 'none' }, needed ? { action: needed } : {});
  }
  const { host } = observed.sts.value;

  return { id: 'open-sts', title: text('irsa.plan.open-sts.title', { host }), steps: openSts(observed), documents: [], warnings: openStsWarnings(observed) };
}

/** The step that allows STS, only where it is shut, this person may open it, and it is a host of AWS' own. */
export function openSts(observed: ObservedCluster): Step[] {
  if (!observed.sts.known || observed.sts.value.state !== 'openable') {
    return [];
  }
  const domain = allowPattern(observed.sts.value.host);
  const call = domain && allow(observed.sts.value, domain);

  return call ? [{
    id: 'open-sts', target: 'rancher', title: text('irsa.step.open-sts.title', { domain }), detail: text('irsa.step.open-sts.detail'), change: 'allow', call
  }] : [];
}

/** Rancher forwards the browser's own cookie to the hosts it signs for (reference real-parts.md): say it before it is allowed. */
export function openStsWarnings(observed: ObservedCluster): Plan['warnings'] {
  return openSts(observed).length > 0 ? [text('irsa.warning.stsCookie')] : [];
}

function allow({ via }: StsReach, domain: string): Step['call'] | undefined {
  if (via?.kind === 'proxyEndpoint') {
    return {
      rancher: {
        verb: 'POST', path: '/v1/management.cattle.io.proxyendpoints', body: { type: 'management.cattle.io.proxyendpoint', metadata: { name: ENDPOINT }, spec: { routes: [{ domain }] } }
      }
    };
  }
  if (via?.kind === 'whitelistDomain') {
    const domains = via.value.split(',').map((entry) => entry.trim()).filter(Boolean);

    return {
      // By the API itself: Rancher's own takes no patch of settings (recorded: `blocked-PATCH`), and the whole object would overwrite more.
      kubernetes: {
        clusterId:   'local',
        verb:        'PATCH',
        path:        '/apis/management.cattle.io/v3/settings/whitelist-domain',
        contentType: 'application/merge-patch+json',
        body:        { ...(via.resourceVersion ? { metadata: { resourceVersion: via.resourceVersion } } : {}), value: [...new Set([...domains, domain])].join(',') },
      }
    };
  }

  return undefined;
}
