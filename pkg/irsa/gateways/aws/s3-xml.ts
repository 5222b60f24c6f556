import type { S3Command } from './s3';

/** The XML of those calls that have any (S3 API reference, «Request syntax»). */
export type Tree = string | boolean | undefined | Tree[] | { [name: string]: Tree };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Elements of a tree; a list is its element repeated. */
function elements(tree: { [name: string]: Tree }): string {
  return Object.entries(tree).map(([name, value]) => [value].flat(1).map((one) => one === undefined ? '' : `<${ name }>${ typeof one === 'object' ? elements(one as { [name: string]: Tree }) : escape(String(one)) }</${ name }>`).join('')).join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]!);
}

/** What a call sends, and as which type; input has AWS' own names, as its CLI takes them. */
export function bodyOf(command: S3Command, input: Record<string, unknown>): { body: string; contentType: string } {
  const xml = (root: string, tree: { [name: string]: Tree }) => ({ contentType: 'application/xml', body: `<${ root } xmlns="${ NAMESPACE }">${ elements(tree) }</${ root }>` });

  switch (command) {
  case 'CreateBucket': {
    const { LocationConstraint, Tags } = (input.CreateBucketConfiguration ?? {}) as { LocationConstraint?: string; Tags?: Tree[] };

    return LocationConstraint || Tags ? xml('CreateBucketConfiguration', { LocationConstraint, ...(Tags ? { Tags: { Tag: Tags } } : {}) }) : { body: '', contentType: 'application/xml' };
  }
  case 'PutPublicAccessBlock': return xml('PublicAccessBlockConfiguration', input.PublicAccessBlockConfiguration as { [name: string]: Tree });
  case 'PutBucketVersioning': return xml('VersioningConfiguration', input.VersioningConfiguration as { [name: string]: Tree });
  case 'PutBucketOwnershipControls': return xml('OwnershipControls', { Rule: ((input.OwnershipControls as { Rules?: Tree[] }).Rules ?? []) as Tree[] });
  case 'PutBucketPolicy': return { body: String(input.Policy), contentType: 'application/json' };
  case 'PutObject': return { body: String(input.Body), contentType: String(input.ContentType) };
  default: return { body: '', contentType: 'application/xml' };
  }
}
