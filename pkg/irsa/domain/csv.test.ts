import { expect, it } from 'vitest';
import { csv } from './csv';

it('quotes what would end a cell or a line', () => {
  expect(csv([['a', 'b,c', 'say "no"', 'two\nlines', undefined, 3, -1]])).toBe('a,"b,c","say ""no""","two\nlines",,3,-1\r\n');
  expect(csv([['a'], ['b']])).toBe('a\r\nb\r\n');
  expect(csv([])).toBe('');
});

it.each(['=HYPERLINK("https://evil.example")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '\uFF1D1+1', '\uFF0B1', '\uFF0D1', '\uFF201'])('leaves nothing that a spreadsheet computes: %j', (formula) => {
  const written = csv([[formula]]).slice(0, -2);
  // As a spreadsheet reads it.
  const read = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;

  expect(read).toBe(`'${ formula }`);
});

it('does not mark what is no formula', () => {
  expect(csv([['arn:aws:iam::1:role/a=b', 'a-b', '']])).toBe('arn:aws:iam::1:role/a=b,a-b,\r\n');
});
