import { partitionOf } from '../aws/hosts.ts';
import { REGION } from './scenario.ts';

/**
 * The scenario in another region, which may be of another partition: names of regions, ARNs and hosts follow; the audience
 * `sts.amazonaws.com` is the same everywhere.
 */
export function relocated<T>(data: T, region: string): T {
  if (region === REGION) {
    return data;
  }
  const partition = partitionOf(region) ?? 'aws';
  const moved = JSON.stringify(data).replaceAll(REGION, region).replaceAll('arn:aws:', `arn:${ partition }:`);

  return JSON.parse(partition === 'aws-cn' ? moved.replaceAll(`${ region }.amazonaws.com`, `${ region }.amazonaws.com.cn`) : moved) as T;
}
