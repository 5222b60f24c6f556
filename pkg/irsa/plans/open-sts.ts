import { allowPattern, isS3 } from '../domain/aws/hosts';
import { MADE, MANAGED, TAG } from '../domain/aws/ownership';
import { irsaError, type IrsaError } from '../domain/errors';
import type { Known, ObservedCluster, StsReach } from '../domain/facts';
import type { ObservedBackupBucket } from '../domain/issuer/hosting';
import { segment } from '../domain/names/segment';
import { text } from '../domain/text';
import type { Plan, Step } from './plan';

/** Name of our ProxyEndpoint. */
const ENDPOINT = 'irsa-sts';

const SETTING = '/apis/management.cattle.io/v3/settings/whitelist-domain';

/** The names of ours; one of them for each service whose hosts we open. */
type Endpoint = typeof ENDPOINT | 'irsa-s3';

/**
 * Lets Rancher's proxy forward to STS, so that identities can be verified; zero steps when it does.
 * @throws IrsaError STS_NOT_OPENABLE when this person may not allow it
 */
export function planOpenSts(observed: ObservedCluster): Plan {
  if (!observed.sts.known || observed.sts.value.state === 'closed' || !allowPattern(observed.sts.value.host)) {
    throw notOpenable(observed.sts, 'sts');
  }
  const { host } = observed.sts.value;

  return { id: 'open-sts', title: text('irsa.plan.open-sts.title', { host }), steps: openSts(observed), documents: [], warnings: openStsWarnings(observed) };
}

function notOpenable(reach: Known<StsReach>, service: string): IrsaError {
  const right = reach.known ? reach.value.missing : reach.why.right;
  const needed = right ? `${ right.verb } ${ right.resource }.${ right.group }` : '';

  return irsaError('STS_NOT_OPENABLE', { host: reach.known ? reach.value.host : service, right: needed || 'none' }, needed ? { action: needed } : {});
}

/** The same for S3 in a bucket's region: until then nobody can look whether the bucket is there. */
export function planOpenS3({ reach }: Pick<ObservedBackupBucket, 'reach'>): Plan {
  if (!reach.known || reach.value.state === 'closed') {
    throw notOpenable(reach, 's3');
  }
  const steps = openHost('irsa-s3', reach);

  return { id: 'open-sts', title: text('irsa.plan.open-sts.title', { host: reach.value.host }), steps, documents: [], warnings: steps.length ? [text('irsa.warning.stsCookie')] : [] };
}

/** The step that allows STS, only where it is shut, this person may open it, and it is a host of AWS' own. */
export function openSts(observed: ObservedCluster): Step[] {
  return openHost(ENDPOINT, observed.sts);
}

/** The same for any host of AWS' that Rancher's proxy shall forward to. */
export function openHost(name: Endpoint, reach: Known<StsReach>): Step[] {
  if (!reach.known || reach.value.state !== 'openable') {
    return [];
  }
  const domain = allowPattern(reach.value.host);
  const call = domain && allow(name, reach.value, domain);

  return call ? [{
    id: name === ENDPOINT ? 'open-sts' : 'open-s3', target: 'rancher', title: text('irsa.step.open-sts.title', { domain }), detail: name === ENDPOINT ? text('irsa.step.open-sts.detail') : text('irsa.step.open-s3.detail'), change: 'allow', call
  }] : [];
}

/**
 * Takes back what a plan of ours allowed: the entry that our own mark is on, and no other. Zero steps where there is none.
 * @param reach   of STS, or of S3 in a bucket's region
 * @param others  clusters that STS' entry serves as well, by name
 */
export function planCloseHost(reach: Known<StsReach>, others: string[] = []): Plan {
  const { host = '', entry } = reach.known ? reach.value : {};
  const plan: Plan = { id: 'close-sts', title: text('irsa.plan.close-sts.title', { host }), steps: [], documents: [], warnings: [] };

  return entry ? {
    ...plan,
    steps:    [{ id: 'close-sts', target: 'rancher', title: text('irsa.step.close-sts.title', { domain: entry.domain }), detail: text('irsa.step.close-sts.detail', 'uid' in entry ? { kind: 'endpoint', name: entry.name } : { kind: 'setting', name: '' }), change: 'remove', ...closing(entry) }],
    warnings: [
      isS3(host) ? text('irsa.warning.s3Loses', { host }) : text('irsa.warning.stsLoses', { count: others.length, clusters: others.slice(0, 5).join(', '), more: Math.max(0, others.length - 5) }),
      ...(entry.stays ? [text('irsa.warning.stsStays', { host })] : []),
    ],
  } : plan;
}

function closing(entry: NonNullable<StsReach['entry']>): Pick<Step, 'call' | 'expects'> {
  const { domain, resourceVersion } = entry;
  const version: Record<string, string> = resourceVersion ? { resourceVersion } : {};

  if ('uid' in entry) {
    return {
      call: {
        kubernetes: {
          clusterId: 'local', verb: 'DELETE', path: `/apis/management.cattle.io/v3/proxyendpoints/${ segment(entry.name) }`, contentType: 'application/json', body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: entry.uid, ...version } }
        }
      }
    };
  }
  const without = (list: string[]): string => list.filter((one) => one !== domain).join(',');

  return {
    call: {
      kubernetes: {
        clusterId:   'local',
        verb:        'PATCH',
        path:        SETTING,
        contentType: 'application/merge-patch+json',
        body:        { metadata: { ...version, annotations: { [MADE]: without(stillListed(entry.made, entry.value)) || null } }, value: without(entriesOf(entry.value)) },
      }
    },
    // A script sends no version: it compares the list itself.
    expects: { kubernetesObject: { clusterId: 'local', path: SETTING, field: ['value'], is: entry.value } },
  };
}

const entriesOf = (value: string): string[] => value.split(',').map((one) => one.trim()).filter(Boolean);

/** What somebody took off the list since is ours no more: our mark would claim theirs when they add it again. */
const stillListed = (made: string[] = [], value: string): string[] => made.filter((one) => entriesOf(value).includes(one));

/** Rancher forwards the browser's own cookie to the hosts it signs for (reference real-parts.md): say it before it is allowed. */
export function openStsWarnings(observed: ObservedCluster): Plan['warnings'] {
  return openSts(observed).length > 0 ? [text('irsa.warning.stsCookie')] : [];
}

/** Somebody may have given our name to hosts of their own. */
function freeName(name: Endpoint, taken: string[] = []): string {
  return [name, ...Array.from({ length: taken.length }, (_, index) => `${ name }-${ index + 2 }`)].find((one) => !taken.includes(one)) ?? name;
}

function allow(name: Endpoint, { via }: StsReach, domain: string): Step['call'] | undefined {
  if (via?.kind === 'proxyEndpoint') {
    return {
      rancher: {
        verb: 'POST', path: '/v1/management.cattle.io.proxyendpoints', body: { type: 'management.cattle.io.proxyendpoint', metadata: { name: freeName(name, via.taken), labels: { [TAG.owner]: MANAGED } }, spec: { routes: [{ domain }] } }
      }
    };
  }
  if (via?.kind === 'whitelistDomain') {
    const domains = entriesOf(via.value);

    return {
      // By the API itself: Rancher's own takes no patch of settings (recorded: `blocked-PATCH`), and the whole object would overwrite more.
      kubernetes: {
        clusterId:   'local',
        verb:        'PATCH',
        path:        SETTING,
        contentType: 'application/merge-patch+json',
        body:        { metadata: { ...(via.resourceVersion ? { resourceVersion: via.resourceVersion } : {}), annotations: { [MADE]: [...new Set([...stillListed(via.made, via.value), domain])].join(',') } }, value: [...new Set([...domains, domain])].join(',') },
      }
    };
  }

  return undefined;
}
