import { describe, expect, it } from 'vitest';
import { LocatedError } from '../json/located';
import { parseTrust, parseTrustSource } from './parse';
import { parseWritableTrust } from './writable';

/** Shapes emitted by the peers (peers-and-aws.md §3.1) and others that IAM takes. */
const ACCEPTED = [
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::456123987123:oidc-provider/HOST"},"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":{"HOST:aud":"sts.amazonaws.com","HOST:sub":"system:serviceaccount:default:sa-1"}}}]}',
  '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}',
  '{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"","Effect":"Deny","NotPrincipal":{"AWS":["1","2"],"Service":"ec2.amazonaws.com"},"NotAction":["a"],"Condition":{}}]}',
  '{"Statement":[{"Effect":"Allow","Principal":{"AWS":111122223333},"Action":"*","Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"aws:MultiFactorAuthAge":[3600]}}}]}',
  '\uFEFF { "Statement" : [ ] , "Unknown" : { "deep" : [ null, 1.5, -2e3, "\\u00e4\\n" ] } }\r\n',
  '{"Statement":[{"Effect":"Allow","__proto__":{"a":1}}]}',
];

describe('parseTrust', () => {
  it.each(ACCEPTED)('keeps everything (%#)', (source) => {
    expect(JSON.stringify(parseTrust(source))).toBe(JSON.stringify(JSON.parse(source.replace('\uFEFF', ''))));
  });

  it('takes what IAM answers, percent-encoded', () => {
    expect(parseTrust(encodeURIComponent('{ "Statement": [], "Id": "a+b c%" }'))).toEqual({ Statement: [], Id: 'a+b c%' });
  });

  it('tells where each value stands', () => {
    const { range, source } = parseTrustSource('%7B%0A "Statement": [\n  {"Effect":\n"Allow"}] }');

    expect(source.startsWith('{\n')).toBe(true);
    expect(range(['Statement', 0, 'Effect'])).toEqual({ start: { line: 4, column: 1 }, end: { line: 4, column: 8 } });
    expect(range(['Statement', 0, 'Principal']).start).toEqual({ line: 3, column: 3 });
  });

  it.each([
    ['', 1, 1, 'end of the text'],
    ['{\n  "Statement": [,]\n}', 2, 17, '","'],
    ['{\n "Version": "2012-10-17"\n "Statement": []}', 3, 2, 'expected "," or "}"'],
    ['{"Statement": []} x', 1, 19, 'after the end'],
    ['{"Statement": [], "Statement": {}}', 1, 19, 'twice'],
    ['{"Statement": "x\ny"}', 1, 17, 'line break'],
    ['{"Statement": ["\\x"]}', 1, 16, 'escape'],
    ['{"Statement": [tru]}', 1, 16, 'tru'],
    ['{"Statement": [01]}', 1, 16, '01'],
    ['{"Statement": "never closed', 1, 15, 'not closed'],
    ['{Statement: []}', 1, 2, 'double quotes'],
    ['[]', 1, 1, 'object'],
    ['{\n"Version": "2015-01-01", "Statement": []}', 2, 12, 'Version'],
    ['{"Version": "2012-10-17"}', 1, 1, 'Statement'],
    ['{"Statement": [\n {"Effect": "Allow"},\n {"Effect": "allow"}]}', 3, 13, 'Effect'],
    ['{"Statement": [{"Action": "x"}]}', 1, 16, 'Effect'],
    ['{"Statement": [{"Effect": "Allow", "Principal": "arn:aws:x"}]}', 1, 49, 'Principal'],
    ['{"Statement": [{"Effect": "Allow", "Principal": {"AWS": [true]}}]}', 1, 49, 'Principal'],
    ['{"Statement": [{"Effect": "Allow", "Action": 7}]}', 1, 46, 'Action'],
    ['{"Statement": [{"Effect": "Allow", "Condition": []}]}', 1, 49, 'Condition'],
    ['{"Statement": [{"Effect": "Allow", "Condition": {"StringEquals": "x"}}]}', 1, 66, 'StringEquals'],
    ['{"Statement": [{"Effect": "Allow", "Condition": {"StringEquals": {"k": {}}}}]}', 1, 72, 'k has'],
    ['{"Statement": [7]}', 1, 16, 'statement'],
    ['%7B%', 1, 1, 'percent'],
    ['%7B%0A"Statement": 7}', 2, 14, 'statement'],
    [`{"Statement": [], "x": ${ '['.repeat(1000) }`, 1, 123, 'within each other'],
  ])('tells where %j goes wrong', (source, line, column, complaint) => {
    try {
      parseTrust(source);
    } catch (error) {
      expect(error).toBeInstanceOf(LocatedError);
      expect(error).toMatchObject({ line, column });
      expect((error as Error).message).toContain(complaint);

      return;
    }
    throw new Error('accepted');
  });
});

describe('what is being written', () => {
  const whole = '{"Effect": "Allow", "Principal": "*", "Action": "x:y"}';

  it.each([
    ['{"Statement": []}', 1, 15, 'one statement at least'],
    [`{"Statement": ${ whole }, "Statements": 1}`, 1, 85, 'Statements'],
    ['{"Statement": [{"Effect": "Allow",\n"Principals": "*", "Action": "x"}]}', 2, 15, 'Principals'],
    ['{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "x",\n"Resource": "*"}]}', 2, 13, 'Resource'],
    ['{"Statement": {"Effect": "Allow", "Action": "x"}}', 1, 15, 'Principal'],
    ['{"Statement": [{"Effect": "Allow", "Principal": "*"}]}', 1, 16, 'Action'],
    ['{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:x",\n"Condition": {"StringEquals": {"a": "名"}}}}', 2, 38, 'character'],
    ['{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:x",\n"Condition": {"StringEquals": {"a": "\\u540d"}}}}', 2, 37, 'character'],
    [`{"Statement": [{"Sid": "A", ${ whole.slice(1) },\n{"Sid": "A", ${ whole.slice(1) }]}`, 2, 9, 'twice'],
    [`{"Statement": {"Sid": "a b", ${ whole.slice(1) }}`, 1, 23, 'letters and digits'],
    [`{"Statement": {"NotPrincipal": "*", ${ whole.slice(1) }}`, 1, 69, 'one of Principal and NotPrincipal'],
    [`{"Statement": {"NotAction": "x:z", ${ whole.slice(1) }}`, 1, 83, 'one of Action and NotAction'],
    ['{"Statement": {"Effect": "Allow", "Principal": "*", "Action": []}}', 1, 63, 'names nothing'],
    ['{"Statement": {"Effect": "Allow", "Principal": {}, "Action": "sts:x"}}', 1, 48, 'names nobody'],
    ['{"Statement": {"Effect": "Allow", "Principal": {"AWS": []}, "Action": "sts:x"}}', 1, 48, 'names nobody'],
    ['{"Statement": {"Effect": "Allow", "Principal": {"Foo": "x"}, "Action": "sts:x"}}', 1, 56, 'kind Foo'],
    [`{"Statement": {"Condition": {\n"StringEqual": {"a": "b"}}, ${ whole.slice(1) }}`, 2, 16, 'operator StringEqual'],
    ['{"Statement": {"Effect": "Allow", "Principal": "*", "Action": ["sts:x",\n"foo"]}}', 2, 1, 'a service and a name'],
  ])('has to be what IAM takes: %j', (source, line, column, complaint) => {
    expect(() => parseTrust(source)).not.toThrow();
    expect(() => parseWritableTrust(source)).toThrow(expect.objectContaining({ line, column, message: expect.stringContaining(complaint) }));
  });

  it('is every form that IAM takes', () => {
    expect(parseWritableTrust(`{"Version": "2012-10-17", "Id": "a", "Statement": ${ whole }}`).document.Id).toBe('a');
    for (const operator of ['StringLike', 'forAnyValue:stringlikeIfExists', 'NotIpAddress', 'ArnLike', 'DateGreaterThanEquals', 'NumericLessThan', 'Null', 'Bool', 'BinaryEquals', 'StringNotEqualsIgnoreCase', 'ForAllValues:ArnNotEquals']) {
      expect(parseWritableTrust(`{"Statement": [{"Sid": "", "Condition": {"${ operator }": {"a": "ä"}}, ${ whole.slice(1) }, {"Sid": "", ${ whole.slice(1) }]}`).document.Statement).toHaveLength(2);
    }
    expect(parseWritableTrust('{"Statement": [{"Sid": "a", "Effect": "Deny", "NotPrincipal": {"AWS": "x"}, "NotAction": ["x:*"], "Condition": {}}]}').document.Statement).toHaveLength(1);
  });
});
