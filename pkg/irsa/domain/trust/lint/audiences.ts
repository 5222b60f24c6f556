import { DEFAULT_AUDIENCE } from '../../aws/quotas';
import { rule } from './rule';
import { comparesText } from './view';

/** For whom the tokens were made. */
export const AUDIENCE_RULES = [
  rule({
    code:     'NO_AUD',
    severity: 'medium',
    remedy:   'tighten-trust',
    check:    ({ allows }, { providers: known }) => allows
      .filter(({ providers, claims, isWebIdentity }) => isWebIdentity && providers.length > 0 && !claims.some((claim) => claim.claim === 'aud' && comparesText(claim)))
      .map(({ index, path, providers }) => {
        const audiences = known?.find(({ arn }) => arn === providers[0]!.text)?.audiences ?? [];

        return { path, statement: index, args: { issuer: providers[0]!.host, count: audiences.length }, ...(audiences.length > 1 ? { severity: 'high' as const } : {}) };
      }),
  }),
  rule({
    code:     'AUD_NOT_REGISTERED',
    severity: 'high',
    remedy:   'tighten-trust',
    needs:    'providers',
    check:    ({ allows }, { providers: known }) => allows.flatMap(({ index, providers, claims }) => providers.flatMap((provider) => {
      const audiences = known?.find(({ arn }) => arn === provider.text)?.audiences;

      if (!audiences) {
        return [];
      }
      const asked = claims.filter(({ claim, host, operator }) => claim === 'aud' && host.toLowerCase() === provider.host.toLowerCase() && operator.name === 'stringequals').flatMap(({ values }) => values);
      const unknown = asked.filter(({ text }) => !audiences.includes(text));

      return unknown.map(({ text, path }) => ({
        path,
        statement:     index,
        args:          { audience: text, found: audiences.join(', ') || '–' },
        // Another one works: this one is only useless.
        severity:      unknown.length === asked.length ? 'high' as const : 'low' as const,
        withoutRemedy: unknown.length === asked.length && !audiences.includes(DEFAULT_AUDIENCE),
      }));
    })),
  }),
] as const;
