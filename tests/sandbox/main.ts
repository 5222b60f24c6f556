import { parseArgs } from 'node:util';
import { startSandbox } from './server.ts';
import { SANDBOX_USERS } from './scenario/users.ts';

const { values } = parseArgs({
  options: {
    port:      { type: 'string', default: '8005' },
    host:      { type: 'string', default: '127.0.0.1' },
    pace:      { type: 'string', default: '400' },
    local:     { type: 'string', default: 'eks' },
    fleet:     { type: 'boolean', default: false },
    dashboard: { type: 'string' },
    extension: { type: 'string' },
  }
});

if (values.local !== 'eks' && values.local !== 'rke2') {
  throw new Error(`--local is eks or rke2, not ${ values.local }`);
}
const sandbox = await startSandbox({
  port:      Number(values.port),
  host:      values.host,
  pace:      Number(values.pace),
  local:     values.local,
  fleet:     values.fleet,
  dashboard: values.dashboard,
  extension: values.extension,
});

for (const user of SANDBOX_USERS) {
  console.log(`login ${ user.username } ${ user.password } ${ user.what }`);
}
console.log(`listening ${ sandbox.url }`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.stop().then(() => process.exit(0));
  });
}
