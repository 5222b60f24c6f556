import * as Vue from 'vue';

/**
 * What our components take of the host's Vue. As constants of our own they get names of one or two letters, where `Vue.createElementBlock` stays
 * whole at each of three thousand places. A name that is missing here fails the build: add it.
 */
export const {
  Fragment, computed, createBlock, createCommentVNode, createElementBlock, createElementVNode, createSlots, createTextVNode, createVNode,
  defineComponent, getCurrentInstance, guardReactiveProps, inject, isRef, markRaw, mergeModels, mergeProps, nextTick, normalizeClass, normalizeProps, normalizeStyle,
  onBeforeUnmount, onMounted, openBlock, reactive, readonly, ref, renderList, renderSlot, resolveComponent, resolveDynamicComponent,
  shallowReactive, shallowRef, toDisplayString, toHandlers, toRef, unref, useAttrs, useId, useModel, useSlots, useTemplateRef, vModelText,
  watch, watchEffect, withCtx, withDirectives, withKeys, withModifiers
} = Vue;
