import type { Plan } from '../plan';

/** The plan as a POSIX shell script for the AWS CLI, kubectl and helm. */
export function toCli(_plan: Plan): string {
  return '#!/bin/sh\n';
}
