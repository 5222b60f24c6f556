/**
 * Lets Node run programs that use the extension's sources: these import without an ending, as webpack has it.
 * `node --import ./scripts/resolve-ts.mjs program.ts`
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      const found = specifier.startsWith('.') ? ['.ts', '/index.ts'].map((ending) => attempt(() => next(specifier + ending, context))).find(Boolean) : undefined;

      if (found) {
        return found;
      }
      throw error;
    }
  },
});

/**
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
function attempt(work) {
  try {
    return work();
  } catch {
    // Not that one: the next ending is tried.
    return undefined;
  }
}
