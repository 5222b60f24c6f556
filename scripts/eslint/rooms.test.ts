import { describe, expect, it } from 'vitest';
import { objection, roomOf } from './rooms.mjs';

describe('roomOf', () => {
  it.each([
    ['pkg/irsa/domain/trust/parse.ts', 'domain'],
    ['pkg/irsa/index.ts', undefined],
    ['tests/sandbox/main.ts', undefined],
  ])('%s lies in %s', (file, room) => expect(roomOf(file)).toBe(room));
});

describe('what may be imported', () => {
  it.each([
    ['pkg/irsa/domain/trust/edit.ts', './parse'],
    ['pkg/irsa/domain/trust/edit.ts', '../facts'],
    ['pkg/irsa/domain/trust/edit.test.ts', 'vitest'],
    ['pkg/irsa/domain/trust/edit.test.ts', '../../../../tests/fixtures/x.json'],
    ['pkg/irsa/presets/backup.ts', '../domain/aws/arn'],
    ['pkg/irsa/gateways/aws/iam.ts', '@aws-sdk/client-iam'],
    ['pkg/irsa/plans/bind.ts', '../gateways/transport'],
    ['pkg/irsa/composables/plan.ts', 'vue'],
    ['pkg/irsa/pages/Clusters.vue', '@pkg/irsa/domain/facts'],
    ['pkg/irsa/pages/Clusters.vue', '../types/shell'],
    ['pkg/irsa/index.ts', './pages/Clusters.vue'],
    ['tests/contract/counts.test.ts', '../../pkg/irsa/plans/bind'],
    ['tests/sandbox/main.ts', 'ws'],
  ])('%s may import %s', (file, specifier) => expect(objection(file, specifier)).toBeUndefined());
});

describe('what may not be imported', () => {
  it.each([
    ['pkg/irsa/domain/trust/edit.ts', 'lodash', 'domain/ is pure'],
    ['pkg/irsa/domain/trust/edit.ts', 'node:crypto', 'domain/ is pure'],
    ['pkg/irsa/domain/trust/edit.ts', '../../gateways/transport', 'does not use gateways/'],
    ['pkg/irsa/domain/facts.ts', '../index', 'does not use the root of the extension'],
    ['pkg/irsa/domain/facts.ts', '../types/shell', 'does not use types/'],
    ['pkg/irsa/domain/facts.ts', '@pkg/plans/plan', 'does not use plans/'],
    ['pkg/irsa/presets/backup.ts', '../gateways/transport', 'does not use gateways/'],
    ['pkg/irsa/presets/backup.ts', 'yaml', 'presets/ is pure'],
    ['pkg/irsa/gateways/rancher/apps.ts', 'vuex', 'knows nothing of the user interface (vuex)'],
    ['pkg/irsa/gateways/rancher/apps.ts', '@shell/config/types', 'knows nothing of the user interface (@shell)'],
    ['pkg/irsa/gateways/rancher/apps.ts', '../../plans/plan', 'does not use plans/'],
    ['pkg/irsa/plans/bind.ts', 'vue', 'knows nothing of the user interface (vue)'],
    ['pkg/irsa/plans/bind.ts', '@components/Banner', 'knows nothing of the user interface (@components)'],
    ['pkg/irsa/plans/bind.ts', '../components/Plan.vue', 'does not use components/'],
    ['pkg/irsa/components/Plan.vue', '../pages/Clusters.vue', 'does not use pages/'],
    ['pkg/irsa/pages/Clusters.vue', '../../../tests/fixtures/x.json', 'built and published alone'],
    ['pkg/irsa/domain/x.test.ts', '../../../tests/sandbox/main.ts', 'built and published alone'],
    ['tests/sandbox/aws/iam.ts', '../../../pkg/irsa/domain/facts', 'shares no code with the extension'],
  ])('%s may not import %s', (file, specifier, why) => expect(objection(file, specifier)).toContain(why));
});
