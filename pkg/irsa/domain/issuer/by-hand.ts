import { issuersOf, switchIssuer, withIssuers, type ArgumentDistribution, type SwitchPhase } from './arguments';
import { reaches, useOf, type IssuerUse } from './servers';

/** One server's turn in a phase of a switch that is made on the machines. */
export interface HandStep {
  server: string;
  phase: SwitchPhase;
  /** Seen to be so by the server's own arguments; undefined where it does not tell them. */
  done?: boolean;
  file: string;
  content: string;
  /** The list stands in a file of the admin's own, where it is to be replaced; else the file is only ours. */
  inPlace: boolean;
  /** Nothing is left to say in the file: it goes. */
  drops?: true;
  /** Where an issuer is set, or may be: shows each place. What a server runs with does not tell whether it stands in a file or on its command line. */
  check?: string;
  command: string;
}

/**
 * Where files, units and their environment are, by any way of installing. An issuer that stands in a file and in a unit is given twice, and the
 * API server does not start (charts-and-clusters.md §5.2).
 */
const CHECK = 'sudo grep -rns service-account-issuer /etc /usr/lib/systemd /usr/local/lib/systemd';

const WANTED: Record<SwitchPhase, IssuerUse> = { accept: 'accepted', sign: 'signs', retire: 'only' };

/**
 * What to write on each server and how to restart it, in order: a phase begins when the one before is over on every server. The file is one
 * of ours beside the distribution's own (its `+` adds to a list that other files have), unless an issuer is set elsewhere already.
 * @param back  the issuer goes: with `accept` it is accepted still and signs no more, with `retire` it is not even accepted
 */
export function stepsByHand(servers: { name: string; args?: string[] }[], distribution: ArgumentDistribution, issuer: string, phases: SwitchPhase[], back = false): HandStep[] {
  const folder = `/etc/rancher/${ distribution }/config.yaml`;

  return phases.flatMap((phase) => servers.map(({ name, args }) => {
    const isEntry = (arg: string) => /^(--)?service-account-issuer[-+]*=/.test(arg);
    const others = (args ?? []).filter((arg) => !arg.endsWith(`=${ issuer }`) || !isEntry(arg));
    const inPlace = others.some(isEntry);
    const goes = back && phase === 'retire';
    const whole = () => back ? withIssuers(args ?? [], [...issuersOf(others), issuer]) : switchIssuer(args ?? [], distribution, issuer, phase);
    const wanted = goes ? others : inPlace ? whole() : switchIssuer([], distribution, issuer, phase);
    const use = args && useOf(args, issuer);

    return {
      server:  name,
      phase,
      ...(use ? { done: goes ? use === 'none' : back ? use === 'accepted' || use === 'none' : reaches(use, WANTED[phase]) } : {}),
      file:    inPlace ? folder : `${ folder }.d/90-irsa.yaml`,
      content: [`kube-apiserver-arg${ inPlace ? '' : '+' }:`, ...wanted.map((arg) => `  - ${ JSON.stringify(arg) }`), ''].join('\n'),
      inPlace,
      ...(goes && !inPlace ? { drops: true as const } : !args || args.some(isEntry) ? { check: CHECK } : {}),
      command: `${ goes && !inPlace ? `sudo rm -f ${ folder }.d/90-irsa.yaml && ` : '' }sudo systemctl restart ${ distribution === 'rke2' ? 'rke2-server' : 'k3s' }`,
    };
  }));
}
