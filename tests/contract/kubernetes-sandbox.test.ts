import { KUBERNETES } from '../../scripts/real/go.mjs';
import { kubernetesCases } from './kubernetes';
import { sandboxKubernetes } from './kubernetes/sandbox';

kubernetesCases('sandbox', () => sandboxKubernetes(KUBERNETES));
