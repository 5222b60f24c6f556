import { computed, ref, type ComputedRef, type Ref } from 'vue';

/** Says what is wrong with a value, or nothing. */
export type Rule = (value: unknown) => string | undefined;

export interface FieldState {
  focused: Ref<boolean>;
  /** What is wrong, once somebody has been in the field: nobody wants to hear it before. */
  problem: ComputedRef<string>;
  enter(): void;
  leave(): void;
}

/** What the fields of forms have in common: they know whether somebody is, or was, in them. */
export function useField(rules: () => Rule[] | undefined, value: () => unknown): FieldState {
  const focused = ref(false);
  const seen = ref(false);

  return {
    focused,
    problem: computed(() => seen.value ? (rules() ?? []).map((rule) => rule(value())).filter(Boolean).join(' ') : ''),
    enter() {
      focused.value = true;
      seen.value = true;
    },
    leave() {
      focused.value = false;
    },
  };
}
