import { describe } from 'vitest';
import { KUBERNETES, OLDER_KUBERNETES } from '../../../scripts/real/go.mjs';
import { kubernetesCases } from '../../contract/kubernetes';
import { hasServers } from './servers';
import { realKubernetes } from './target';

describe.each([KUBERNETES, OLDER_KUBERNETES])('the cases of the sandbox, asked of kube-apiserver %s', (version) => {
  describe.skipIf(!hasServers(version))('as it is', () => {
    // Only the newer one comes with a controller manager.
    kubernetesCases(version, () => realKubernetes({ version, controllers: version === KUBERNETES }));
  });
});
