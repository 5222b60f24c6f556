import { describe, expect, it } from 'vitest';
import { readServerArgs, RollingServers, StartError } from './servers.ts';

const DEFAULTS = { issuers: ['https://default'], audiences: ['https://default', 'k3s'] };

describe('kube-apiserver-arg', () => {
  it.each([
    [[], ['https://default']],
    [['audit-log-maxage=30'], ['https://default']],
    [['service-account-issuer=https://a'], ['https://a']],
    [['service-account-issuer=https://a', 'service-account-issuer=https://b'], ['https://a', 'https://b']],
    [['service-account-issuer-=https://a'], ['https://a', 'https://default']],
    [['service-account-issuer+=https://a'], ['https://default', 'https://a']],
    [['--service-account-issuer=https://a'], ['https://a']],
    // In the order they stand in (k3s pkg/util/args.go GetArgs).
    [['service-account-issuer-=https://a', 'service-account-issuer-=https://b'], ['https://b', 'https://a', 'https://default']],
    [['service-account-issuer-=https://a', 'service-account-issuer=https://b'], ['https://a', 'https://default', 'https://b']],
    [['service-account-issuer=https://a', 'service-account-issuer-=https://b'], ['https://b', 'https://a']],
  ])('%j gives the issuers %j', (args, issuers) => {
    expect(readServerArgs(args, DEFAULTS)).toStrictEqual({ issuers, audiences: DEFAULTS.audiences });
  });

  it('may set audiences and where the keys are', () => {
    expect(readServerArgs(['api-audiences=a,b', 'service-account-jwks-uri=https://keys'], DEFAULTS)).toMatchObject({ audiences: ['a', 'b'], jwksUri: 'https://keys' });
    expect(readServerArgs([], { issuers: ['https://a', 'https://b'], audiences: [] }).audiences).toStrictEqual(['https://a', 'https://b']);
  });

  it('that name an issuer twice keep the server from starting', () => {
    expect(() => readServerArgs(['service-account-issuer+=https://default'], DEFAULTS)).toThrow(new StartError('service-account-issuer "https://default" is already specified'));
  });
});

describe('a rolling restart', () => {
  const three = (): RollingServers => new RollingServers({ servers: ['a', 'b', 'c'].map((name) => ({ name, args: [] })), defaults: DEFAULTS, restart: 5 });

  it('takes one server at a time, and no request goes to it', async() => {
    const servers = three();
    const seen = new Set<string>();
    const rolling = servers.roll(['service-account-issuer=https://new']);

    while (servers.servers.some((server) => server.config.issuers[0] !== 'https://new')) {
      const down = servers.servers.filter((server) => !server.up).map((server) => server.name);

      expect(down.length).toBeLessThanOrEqual(1);
      expect(down).not.toContain(servers.serving()?.name);
      down.forEach((name) => seen.add(name));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await rolling;
    expect([...seen]).toStrictEqual(['a', 'b', 'c']);
    expect(servers.servers.map((server) => server.config.issuers)).toStrictEqual([['https://new'], ['https://new'], ['https://new']]);
  });

  it('follows one that is under way', async() => {
    const servers = three();
    const first = servers.roll(['service-account-issuer=https://one']);
    const second = servers.roll(['service-account-issuer=https://two']);

    await first;
    expect(servers.first()?.config.issuers).toStrictEqual(['https://one']);
    await second;
    expect(servers.servers.every((server) => server.config.issuers[0] === 'https://two')).toBe(true);
  });

  it('stops at a server that does not start; the others go on as they were', async() => {
    const servers = three();

    await expect(servers.roll(['service-account-issuer=https://a', 'service-account-issuer=https://a'])).rejects.toThrow('already specified');
    expect(servers.servers.map((server) => server.up)).toStrictEqual([false, true, true]);
    expect(servers.serving()?.config.issuers).toStrictEqual(['https://default']);
    await servers.roll(['service-account-issuer=https://a']);
    expect(servers.servers.every((server) => server.up)).toBe(true);
  });

  it('ends when the cluster does', async() => {
    const servers = three();

    void servers.roll(['service-account-issuer=https://new']);
    servers.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(servers.servers.some((server) => server.config.issuers[0] === 'https://new')).toBe(false);
  });

  it('of a lone server lets requests through', () => {
    const alone = new RollingServers({ servers: [{ name: 'a', args: [] }], defaults: DEFAULTS, restart: 5 });

    void alone.roll([]);
    expect(alone.serving()?.name).toBe('a');
    alone.stop();
  });
});
