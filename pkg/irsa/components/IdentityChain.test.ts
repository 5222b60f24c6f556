import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { Link, LinkState } from '../domain/facts';
import IdentityChain from './IdentityChain.vue';

const link = (id: Link['id'], state: LinkState): Link => ({ id, state, detail: { key: 'irsa.copy' }, findings: [] });

function draw(...states: LinkState[]) {
  const ids = ['issuer', 'keys', 'provider', 'webhook', 'bindings'] as const;

  return mount(IdentityChain, { props: { label: 'Chain of prod', links: states.map((state, i) => link(ids[i]!, state)) } });
}

describe('the identity chain', () => {
  it('is a named list, one item a link, each with its state as a word', () => {
    const chain = draw('ok', 'broken', 'unknown');

    expect(chain.get('ol').attributes('aria-label')).toBe('Chain of prod');
    expect(chain.findAll('li').map((item) => item.text())).toEqual([
      expect.stringContaining('Ready'), expect.stringContaining('Broken'), expect.stringContaining('Unknown'),
    ]);
    expect(chain.findAll('li').map((item) => item.get('.name').text())).toEqual(['Issuer', 'Signing keys', 'IAM provider']);
  });

  it('draws a whole line only between two links in order', () => {
    const items = draw('ok', 'ok', 'broken', 'ok', 'attention').findAll('li');

    expect(items[0]!.classes().some((name) => name.startsWith('line-'))).toBe(false);
    expect(items[1]!.classes()).toContain('line-ok');
    expect(items[2]!.classes()).toContain('line-broken');
    expect(items[3]!.classes()).toContain('line-broken');
    expect(items[4]!.classes()).toContain('line-attention');
  });

  it('keeps its icons from screen readers, which hear the word', () => {
    for (const icon of draw('ok').findAll('i')) {
      expect(icon.attributes('aria-hidden')).toBe('true');
    }
  });
});
