import type { Place } from '../../pkg/irsa/composables/use-place';
import type { Plan } from '../../pkg/irsa/plans/plan';
import type { PlanCase } from './plan-cases';
import { seedBound, seedEksLogging, seedKeyedBackup, seedKeyedCronJob, seedKeyedOutput, seedKeyedWhole, seedKeyedWorkload } from './seeds';
import type { Person } from './target';

const OUTPUT = { use: 'clusteroutput/cattle-logging-system/logs', account: 'cattle-logging-system/rancher-logging-root-fluentd', secrets: 'cattle-logging-system/logs-aws' };

/** Every way that something comes off its key. @param move  as the cluster's page makes the plan */
export const moveCases = (move: (person: Person, place: Place, cluster?: string) => Promise<Plan>): PlanCase[] => [
  { name: 'move an output off its key', covers: ['planMove'], prepare: (world) => seedKeyedOutput(world), make: (person) => move(person, OUTPUT) },
  { name: 'move an output off its key, and delete the secret', covers: ['planMove'], prepare: (world) => seedKeyedOutput(world), make: (person) => move(person, { ...OUTPUT, also: 'secret' }) },
  {
    name:   'move an output that two Loggings send off its key',
    covers: ['planMove'],
    prepare(world) {
      seedEksLogging(world);
      seedKeyedOutput(world);
    },
    make: (person) => move(person, OUTPUT),
  },
  {
    name:   'move a Backup off its key, and delete the secret',
    covers: ['planMove'],
    prepare(world) {
      seedKeyedBackup(world);
    },
    make: (person) => move(person, { use: 'backup//nightly', account: 'cattle-resources-system/rancher-backup', secrets: 'default/backup-aws', also: 'secret' }, 'local'),
  },
  {
    name:   'move a workload off its key, and delete the secret',
    covers: ['planMove'],
    prepare(world) {
      seedBound(world);
      seedKeyedWorkload(world);
    },
    make: (person) => move(person, { use: 'deployment/shop/checkout', account: 'shop/writer', secrets: 'shop/checkout-aws', also: 'secret' }),
  },
  {
    name:   'move a workload off a key that it takes whole from a secret',
    covers: ['planMove'],
    prepare(world) {
      seedBound(world);
      seedKeyedWhole(world);
    },
    make: (person) => move(person, { use: 'deployment/shop/checkout', account: 'shop/writer' }),
  },
  {
    name:   'move a CronJob off its key, and delete the secret',
    covers: ['planMove'],
    prepare(world) {
      seedBound(world);
      seedKeyedCronJob(world);
    },
    make: (person) => move(person, { use: 'cronjob/shop/report', account: 'shop/writer', secrets: 'shop/report-aws', also: 'secret' }),
  },
];
