import {
  computed, ref, type ComputedRef, type Ref
} from 'vue';
import { useStore } from 'vuex';
import type { ClusterRef } from '../domain/facts';
import { TEMPORARY, type Standing } from './use-temporary-keys';

/** Norman's type of cloud credentials, and the annotation that names their provider. */
export const CREDENTIAL = 'cloudcredential';
export const DRIVER_ANNOTATION = 'provisioning.cattle.io/driver';
export const AWS = 'aws';

export interface CredentialOption { id: string; name: string }

export interface Credentials {
  all: Ref<CredentialOption[]>;
  loaded: Ref<boolean>;
  /** This person may create one. */
  creatable: ComputedRef<boolean>;
  load(): Promise<void>;
}

interface CredentialModel { id: string; name?: string; nameDisplay?: string; provider?: string }

/** The AWS cloud credentials that this person sees in Rancher: their names; keys never come to the browser. */
export function useCredentials(): Credentials {
  const store = useStore();
  const models = ref<CredentialModel[]>([]);
  const loaded = ref(false);
  const schema = computed(() => store.getters['rancher/schemaFor'](CREDENTIAL));

  return {
    all: computed(() => models.value.filter(({ provider }) => provider === AWS)
      .map(({ id, name, nameDisplay }) => ({ id, name: nameDisplay || name || id }))
      .sort((a, b) => a.name.localeCompare(b.name))),
    loaded,
    creatable: computed(() => !!schema.value?.collectionMethods?.some((method: string) => method.toUpperCase() === 'POST')),
    async load() {
      try {
        models.value = schema.value ? await store.dispatch('rancher/findAll', { type: CREDENTIAL }) : [];
      } catch {
        // Seeing none is a state of the page, not a fault of it.
        models.value = [];
      }
      loaded.value = true;
    },
  };
}

/**
 * The credential to begin with: the one in the address, the temporary ones where this person chose them last, the cluster's own, else the only
 * one there is, else the temporary ones of this tab. The cluster's own only where this person may use it: what Rancher will not sign for them would just be refused by AWS.
 * @param temporary  of this tab: in others an address that names them is no more than a wish
 */
export function preselect(options: CredentialOption[], inAddress: string | undefined, { credentialId, editable }: Pick<ClusterRef, 'credentialId' | 'editable'>, temporary: Standing = 'none'): string | undefined {
  const usable = credentialId && (editable || options.some(({ id }) => id === credentialId)) ? credentialId : undefined;

  return (inAddress === TEMPORARY && temporary === 'none' ? undefined : inAddress) ?? (temporary === 'chosen' ? TEMPORARY : undefined) ?? usable ?? (options.length === 1 ? options[0]?.id : undefined) ?? (temporary !== 'none' && !options.length ? TEMPORARY : undefined);
}
