import words from '../l10n/temporary.en-us.yaml';
import type { Topic } from './use-text';

export const TEMPORARY_WORDS: Topic = { name: 'temporary', words };
