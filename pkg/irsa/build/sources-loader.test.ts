import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import withoutSources from './sources-loader';

const presets = path.join(__dirname, '../presets');

it.each(readdirSync(presets).filter((file) => file.endsWith('.ts') && !file.includes('test')))('%s is built without its sources, and with everything else', (file) => {
  const code = readFileSync(path.join(presets, file), 'utf8');
  const built = withoutSources(code);

  expect(built).not.toMatch(/\bsources: *\[ *['\n]/);
  for (const line of code.split('\n').filter((one) => /^ {2,4}(id|chart|since|subject|values|policy|caveats|impossible):/.test(one))) {
    expect(built).toContain(line);
  }
});
