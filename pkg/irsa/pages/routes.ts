export * from '../composables/addresses';
