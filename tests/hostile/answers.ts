/** Answers that are not what they say, as Kubernetes, Rancher and AWS could give them, or somebody in their place. */
export interface LyingAnswer {
  name: string;
  status: number;
  body: string;
  contentType?: string;
}

const LOGIN_PAGE = '<!doctype html>\n<html><head><title>Sign in</title><script>window.__pwned=1</script></head><body>Please log in</body></html>';
const ok = (name: string, body: unknown): LyingAnswer => ({ name, status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) });
const meta = (metadata: unknown, more: object = {}) => ({ kind: 'List', apiVersion: 'v1', metadata: {}, items: [{ metadata, spec: { containers: [], template: { spec: {} } }, ...more }] });

/** For whoever is asked for JSON. */
export const JSON_ANSWERS: LyingAnswer[] = [
  ok('a web page with 200', LOGIN_PAGE),
  ok('nothing with 200', ''),
  ok('null', 'null'),
  ok('a list', '[]'),
  ok('a text', '"x"'),
  ok('a number', '7'),
  ok('cut off', '{"kind":"List","items":[{"metadata":{"name":"a'),
  ok('XML', '<?xml version="1.0"?><ListResponse/>'),
  ok('two documents', '{}{}'),
  ok('deep', '{"items":'.repeat(20_000)),
  ok('deep and closed', `${ '{"items":'.repeat(5_000) }null${ '}'.repeat(5_000) }`),
  ok('another kind', { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'no', code: 500 }),
  ok('a kind that is none', { kind: 7, items: [] }),
  ok('items: null', { kind: 'List', items: null }),
  ok('items: an object', { kind: 'List', items: {} }),
  ok('items: a text', { kind: 'List', items: 'x' }),
  ok('items of nothing', { kind: 'List', items: [null, undefined, 0, ''] }),
  ok('items of lists', { kind: 'List', items: [[], [[]]] }),
  ok('no metadata', { kind: 'List', items: [{}] }),
  ok('metadata: null', { kind: 'List', items: [{ metadata: null }] }),
  ok('metadata: a list', { kind: 'List', items: [{ metadata: [] }] }),
  ok('a name that is a number', meta({ name: 7 })),
  ok('no name', meta({ namespace: 'x' })),
  ok('an empty name', meta({ name: '' })),
  ok('a namespace that is an object', meta({ name: 'x', namespace: {} })),
  ok('annotations that are a list', meta({ name: 'x', namespace: 'y', annotations: ['a'] })),
  ok('an annotation that is an object', meta({ name: 'x', namespace: 'y', annotations: { 'eks.amazonaws.com/role-arn': { toString: 7 } } })),
  ok('an annotation that is null', meta({ name: 'x', namespace: 'y', annotations: { 'eks.amazonaws.com/role-arn': null } })),
  ok('a label that is a number', meta({ name: 'x', namespace: 'y', labels: { a: 1 } })),
  ok('owners that are none', meta({ name: 'x', namespace: 'y', ownerReferences: [null] })),
  ok('negative numbers', meta({ name: 'x', namespace: 'y', generation: -1 }, { spec: { replicas: -5, containers: [], template: { spec: {} } }, status: { replicas: -1 } })),
  ok('numbers beyond all', '{"kind":"List","items":[{"metadata":{"name":"x","namespace":"y","generation":1e999},"spec":{"replicas":1e308}}]}'),
  ok('a date that is none', meta({ name: 'x', namespace: 'y', creationTimestamp: 'yesterday' })),
  ok('the thirtieth of February, as words', meta({ name: 'x', namespace: 'y', creationTimestamp: '2026-13-45T99:99:99Z' })),
  ok('containers that are none', meta({ name: 'x', namespace: 'y' }, { spec: { containers: [null], template: null } })),
  ok('an environment that is none', meta({ name: 'x', namespace: 'y' }, { spec: { containers: [{ env: [{ name: 'AWS_ROLE_ARN', value: { a: 1 } }] }], template: { spec: {} } } })),
  ok('webhooks that are none', meta({ name: 'x' }, { webhooks: [{ name: 7, rules: 'x' }] })),
  ok('keys of the prototype', '{"__proto__":{"items":[]},"constructor":{"prototype":{"polluted":1}},"items":[{"metadata":{"name":"__proto__","namespace":"constructor","annotations":{"__proto__":"x"}}}]}'),
  ok('data that is none', { data: 7 }),
  ok('data of nothing', { data: [null] }),
  ok('a token that is none', { status: { token: { a: 1 } } }),
  ok('no token', { status: {} }),
  ok('an empty token', { status: { token: '' } }),
  ok('a token that is no JWT', { status: { token: 'x' } }),
  ok('a token of null', { status: { token: 'bnVsbA.bnVsbA.x' } }),
  ok('a token whose issuer is a number', { status: { token: `${ btoa('{"kid":1}') }.${ btoa('{"iss":1,"sub":"a","aud":"b","exp":1}') }.x` } }),
  ok('a token without claims', { status: { token: `${ btoa('{}') }.${ btoa('{}') }.x` } }),
  ok('a token that is not UTF-8', { status: { token: `${ btoa('{}') }.${ btoa('{"iss":"\xFF\xFE","sub":"a","aud":"b","exp":1}') }.x` } }),
  ok('allowed: yes', { status: { allowed: 'yes' } }),
  ok('a page that leads to itself', { kind: 'List', metadata: { continue: 'again' }, items: [] }),
  ok('a token to go on that is an object', { kind: 'List', metadata: { continue: {} }, items: [] }),
  ok('a state that is none', { metadata: { name: 'x', state: 'x' }, status: { summary: { message: { a: 1 } } } }),
  { name: 'a web page with 401', status: 401, body: LOGIN_PAGE },
  { name: 'a web page with 403', status: 403, body: LOGIN_PAGE },
  { name: 'a web page with 500', status: 500, body: LOGIN_PAGE },
  { name: 'nothing with 502', status: 502, body: '' },
  { name: 'a message that is an object', status: 403, body: '{"message":{"toString":1},"reason":[],"code":{}}' },
  { name: 'a message of a megabyte', status: 500, body: JSON.stringify({ message: 'chart '.repeat(200_000) }) },
  { name: 'null with 409', status: 409, body: 'null' },
  { name: 'a status that is none', status: 799, body: '{}' },
  { name: 'a redirect', status: 302, body: '' },
];

const xml = (name: string, body: string, status = 200): LyingAnswer => ({ name, status, body, contentType: 'text/xml' });
const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">${ Array.from({ length: 20 }, (_, index) => `<!ENTITY a${ index } "${ (index ? `&a${ index - 1 };` : '&a;').repeat(10) }">`).join('') }]>`;

/** For whoever is asked for the XML of IAM and STS; `ACTION` stands for the call's name. */
export const XML_ANSWERS: LyingAnswer[] = [
  xml('a web page with 200', LOGIN_PAGE),
  xml('nothing with 200', ''),
  xml('JSON', '{"ACTIONResponse":{"ACTIONResult":{}}}'),
  xml('cut off', '<ACTIONResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ACTIONResult><Ro'),
  xml('cut off between two elements', '<ACTIONResponse><ACTIONResult></ACTIONResult>'),
  xml('closed by another', '<ACTIONResponse><ACTIONResult></ACTIONResponse></ACTIONResult>'),
  xml('another answer', '<DeleteAllResponse><DeleteAllResult/></DeleteAllResponse>'),
  xml('an entity bomb', `${ bomb }<ACTIONResponse><ACTIONResult>&a19;</ACTIONResult></ACTIONResponse>`),
  xml('a file of the machine', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><ACTIONResponse>&f;</ACTIONResponse>'),
  xml('a document type further down', '<ACTIONResponse><!DOCTYPE x><ACTIONResult/></ACTIONResponse>'),
  xml('an entity of its own', '<ACTIONResponse><ACTIONResult>&nope;</ACTIONResult></ACTIONResponse>'),
  xml('another namespace', '<ACTIONResponse xmlns="urn:evil"><evil:ACTIONResult xmlns:evil="urn:x"/></ACTIONResponse>'),
  xml('deep', `<ACTIONResponse>${ '<a>'.repeat(20_000) }${ '</a>'.repeat(20_000) }</ACTIONResponse>`),
  xml('text where elements should be', '<ACTIONResponse><ACTIONResult>x</ACTIONResult></ACTIONResponse>'),
  xml('elements where text should be', '<ACTIONResponse><ACTIONResult><Role><Arn><b>x</b></Arn><RoleName><i/></RoleName></Role><Roles><member><Arn><a/></Arn></member></Roles><OpenIDConnectProviderList><member><Arn><a>x</a></Arn></member></OpenIDConnectProviderList></ACTIONResult></ACTIONResponse>'),
  xml('an element named after the prototype', '<ACTIONResponse><ACTIONResult><__proto__><polluted>1</polluted></__proto__><constructor>1</constructor></ACTIONResult></ACTIONResponse>'),
  xml('a page that leads to itself', '<ACTIONResponse><ACTIONResult><IsTruncated>true</IsTruncated><Marker>again</Marker><Roles></Roles></ACTIONResult></ACTIONResponse>'),
  xml('more to come, but not where', '<ACTIONResponse><ACTIONResult><IsTruncated>true</IsTruncated><Roles></Roles></ACTIONResult></ACTIONResponse>'),
  xml('a policy wrongly encoded', '<ACTIONResponse><ACTIONResult><Role><Arn>x</Arn><RoleName>y</RoleName><AssumeRolePolicyDocument>%E0%A4%A</AssumeRolePolicyDocument></Role></ACTIONResult></ACTIONResponse>'),
  xml('a web page with 403', LOGIN_PAGE, 403),
  xml('a web page with 500', LOGIN_PAGE, 500),
  xml('a web page with 407', LOGIN_PAGE, 407),
  xml('nothing with 400', '', 400),
  xml('nothing with 502', '', 502),
  xml('JSON with 400', '{"__type":"AccessDenied","message":"no"}', 400),
  xml('Rancher\'s own refusal', '{"type":"error","status":"401","message":"must authenticate"}', 401),
  xml('an error without words', '<ErrorResponse></ErrorResponse>', 400),
  xml('an error with a page in it', '<ErrorResponse><Error><Code>&lt;script&gt;window.__pwned=1&lt;/script&gt;</Code><Message>&lt;img src=x onerror=window.__pwned=1&gt;</Message></Error></ErrorResponse>', 400),
  xml('an error bomb', `${ bomb }<ErrorResponse><Error><Code>&a19;</Code></Error></ErrorResponse>`, 400),
];

const S3_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const element = (name: string, inside: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<${ name } ${ S3_NAMESPACE }>${ inside }</${ name }>`;

const GOOD: Record<string, string> = {
  location:          element('LocationConstraint', 'eu-central-1'),
  tagging:           element('Tagging', '<TagSet><Tag><Key>rancher.io/irsa</Key><Value>backups</Value></Tag></TagSet>'),
  publicAccessBlock: element('PublicAccessBlockConfiguration', '<BlockPublicAcls>true</BlockPublicAcls>'),
  ownershipControls: element('OwnershipControls', '<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>'),
  versioning:        element('VersioningConfiguration', '<Status>Enabled</Status>'),
  versions:          element('ListVersionsResult', '<Version><Key>b</Key><VersionId>null</VersionId><IsLatest>true</IsLatest></Version>'),
  policy:            '{"Statement":[]}',
};

/** What S3 answers for a sub-resource of a bucket, or for an object. */
export function s3Answer(asked: string): LyingAnswer {
  return xml(asked, GOOD[asked] ?? '{}');
}

/** For whoever is asked for the XML of S3, by sub-resource: the right root with something else inside, and a good answer broken off. */
export const S3_ANSWERS: Record<string, LyingAnswer[]> = {
  location:          [xml('another element inside', '<LocationConstraint><b>x</b></LocationConstraint>')],
  tagging:           [xml('no set', element('Tagging', '')), xml('text', element('Tagging', 'x')), xml('a tag without a key', element('Tagging', '<TagSet><Tag><b>x</b></Tag></TagSet>')), xml('a key of elements', element('Tagging', '<TagSet><Tag><Key><b>x</b></Key><Value/></Tag></TagSet>'))],
  publicAccessBlock: [xml('elements where yes or no should be', element('PublicAccessBlockConfiguration', '<BlockPublicAcls><b>x</b></BlockPublicAcls>'))],
  ownershipControls: [xml('no rule', element('OwnershipControls', '')), xml('elements where text should be', element('OwnershipControls', '<Rule><ObjectOwnership><b>x</b></ObjectOwnership></Rule>'))],
  versioning:        [xml('elements where text should be', element('VersioningConfiguration', '<Status><b>x</b></Status>'))],
  versions:          [xml('a version without a key', element('ListVersionsResult', '<Version><VersionId>null</VersionId></Version>')), xml('a key of elements', element('ListVersionsResult', '<Version><Key><b>x</b></Key><VersionId>null</VersionId></Version>')), xml('a marker without a version', element('ListVersionsResult', '<DeleteMarker><Key>b</Key></DeleteMarker>'))],
  policy:            [xml('nothing', ''), xml('XML', element('Policy', ''))],
};

for (const [asked, lies] of Object.entries(S3_ANSWERS)) {
  lies.push(xml('broken off', GOOD[asked]!.slice(0, -8)), xml('the answer of another question', asked === 'tagging' ? GOOD.versioning! : GOOD.tagging!));
}
