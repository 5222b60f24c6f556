import { describe, expect, it } from 'vitest';
import { binding, hidden, value } from '../domain/chain/test-facts';
import { DEFAULT_ISSUER, issuersOf } from '../domain/issuer/arguments';
import { planRetireIssuer } from './switch-issuer';
import type { Plan } from './plan';
import { planTeardownIssuer } from './teardown-issuer';
import { BUCKET, DONE, hosting, ISSUER, SELF_MANAGED, servers, TAGS } from './test-issuer-facts';

const provider = value({ arn: `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`, tags: TAGS });
const ours = (operator: string) => servers([`service-account-issuer${ operator }=${ ISSUER }`]);
const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
const lists = ({ steps }: Plan) => steps.flatMap(({ call }) => 'kubernetes' in call ? [(call.kubernetes.body as { spec: { rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': string[] } } } }).spec.rkeConfig.machineGlobalConfig['kube-apiserver-arg']] : []);
const HOUR = 3_600_000;

describe('taking an issuer away', () => {
  it('signs with the old one again, then provider, then bucket', () => {
    const plan = planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider }), ours('-'));

    expect(ids(plan)).toEqual(['sign-issuer', 'delete-provider', 'delete-discovery', 'delete-keys', 'delete-bucket']);
    expect(lists(plan).map(issuersOf)).toEqual([[DEFAULT_ISSUER, ISSUER]]);
  });

  it('takes two phases where no other issuer is left', () => {
    expect(lists(planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider }), ours(''))).map(issuersOf)).toEqual([[ISSUER, DEFAULT_ISSUER], [DEFAULT_ISSUER, ISSUER]]);
  });

  it('names who depends on it first', () => {
    expect(planTeardownIssuer({ ...SELF_MANAGED, bindings: value([binding()]) }, hosting(DONE, { provider }), ours('-')).consent?.text.args).toMatchObject({ count: 1, accounts: 'shop/reader' });
  });

  it.each<[string, Parameters<typeof hosting>, string[]]>([
    // Whoever took the bucket's name would be believed by every role that trusts the provider.
    ['a provider of somebody else, and the bucket that it trusts', [DONE, { provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: {} }) }], []],
    ['a provider of another cluster', [DONE, { provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: { ...TAGS, 'rancher.io/irsa-cluster': 'other' } }) }], []],
    ['what was made for another cluster', [{ ...DONE, tags: { ...TAGS, 'rancher.io/irsa-cluster': 'other' } }, { provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: { ...TAGS, 'rancher.io/irsa-cluster': 'other' } }) }], []],
    ['a bucket of somebody else', [{ ...DONE, tags: {} }, { provider }], ['delete-provider']],
    ['a bucket with more in it', [{ ...DONE, others: ['x'] }, { provider }], ['delete-provider', 'delete-discovery', 'delete-keys']],
    ['what is gone already', [{ state: 'absent', others: [] }], []],
  ])('leaves alone %s', (_what, facts, left) => {
    expect(ids(planTeardownIssuer(SELF_MANAGED, hosting(...facts), servers()))).toEqual(left);
  });

  it('says why the bucket stays with a provider of somebody else, and what to do', () => {
    const { warnings } = planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider: value({ arn: 'arn:theirs', tags: {} }) }), servers());

    expect(warnings.map(({ key, args }) => [key, args])).toEqual([['irsa.warning.providerStays', { arn: 'arn:theirs' }], ['irsa.warning.bucketTrusted', { bucket: BUCKET.name }]]);
  });

  it('of a host that nobody here can change leaves the documents, after the provider, to who has it', () => {
    const own = { issuer: ISSUER, provider };
    const plan = planTeardownIssuer(SELF_MANAGED, own, ours('-'));

    expect(ids(plan)).toEqual(['sign-issuer', 'delete-provider']);
    expect(plan.warnings.map(({ key, args }) => [key, args?.issuer])).toEqual([['irsa.warning.documentsStay', ISSUER]]);
    expect(ids(planTeardownIssuer(SELF_MANAGED, { ...own, provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: {} }) }, ours('-')))).toEqual(['sign-issuer']);
    expect(() => planTeardownIssuer(SELF_MANAGED, { issuer: ISSUER, provider: hidden('no-credential') }, ours('-'))).toThrow('BUCKET_UNSEEN');
  });

  it('is refused while a cluster signs with it that Rancher cannot change', () => {
    expect(() => planTeardownIssuer({ ...SELF_MANAGED, issuer: value(ISSUER) }, hosting(DONE, { provider }))).toThrow('ISSUER_IN_USE');
  });
});

describe('retiring an issuer', () => {
  it('waits a day, and for every server', () => {
    expect(() => planRetireIssuer(SELF_MANAGED, ours('-'), ISSUER, 23 * HOUR)).toThrow('RETIRE_TOO_EARLY');
    expect(() => planRetireIssuer(SELF_MANAGED, ours('+'), ISSUER, 25 * HOUR)).toThrow('RETIRE_NOT_SIGNING');
    expect(lists(planRetireIssuer(SELF_MANAGED, ours('-'), ISSUER, 25 * HOUR)).map(issuersOf)).toEqual([[ISSUER]]);
    expect(planRetireIssuer(SELF_MANAGED, ours(''), ISSUER, 25 * HOUR).steps).toEqual([]);
  });

  it('goes by what the nodes tell where Rancher does not say when its roll-out ended, as the page does', () => {
    const args = [`service-account-issuer-=${ ISSUER }`];
    const nodes = (...since: (number | undefined)[]) => servers(args, { rollout: { state: 'done' }, servers: since.map((time, index) => ({ name: String(index), args, since: time })) });

    expect(planRetireIssuer(SELF_MANAGED, nodes(0, HOUR), ISSUER, 26 * HOUR).steps).toHaveLength(1);
    expect(() => planRetireIssuer(SELF_MANAGED, nodes(0, 3 * HOUR), ISSUER, 26 * HOUR)).toThrow('RETIRE_TOO_EARLY');
    expect(() => planRetireIssuer(SELF_MANAGED, nodes(0, undefined), ISSUER, 26 * HOUR)).toThrow('RETIRE_TOO_EARLY');
  });

  it('takes ours out once the distribution’s own signs', () => {
    expect(lists(planRetireIssuer(SELF_MANAGED, ours('+'), DEFAULT_ISSUER, 25 * HOUR))).toEqual([[]]);
  });
});
