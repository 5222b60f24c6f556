/** Trust policies written by a stranger: what they are, and whether they can be read. What can be read must be kept to the letter. */
export interface StrangersPolicy {
  name: string;
  text: string;
  /** The JSON it stands for, where that is another text. */
  means?: string;
  /** Where the complaint must point, for those that cannot be read. */
  refused?: { line?: number; column?: number; says: RegExp };
}

const statement = (inside: string) => `{"Version":"2012-10-17","Statement":[${ inside }]}`;
const trusting = (more: string) => statement(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"},"Action":"sts:AssumeRoleWithWebIdentity"${ more }}`);

export const POLICIES: StrangersPolicy[] = [
  { name: 'deep nesting', text: `{"Statement":${ '['.repeat(100_000) }`, refused: { says: /within each other/ } },
  { name: 'deep objects', text: '{"a":'.repeat(100_000), refused: { says: /within each other/ } },
  { name: 'as deep as is read', text: statement(`{"Effect":"Allow","X":${ '['.repeat(90) }${ ']'.repeat(90) }}`) },
  { name: 'a key twice', text: '{\n"Statement":[],\n"Statement":[]}', refused: { line: 3, column: 1, says: /twice/ } },
  { name: '__proto__ twice', text: '{"__proto__":1,"__proto__":2,"Statement":[]}', refused: { line: 1, column: 16, says: /twice/ } },
  { name: 'a megabyte of statements', text: statement(Array.from({ length: 8000 }, (_, index) => `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${ 100_000_000_000 + index }:root"},"Action":"sts:AssumeRole"}`).join(',')) },
  { name: 'a megabyte in one string', text: trusting(`,"Sid":"${ 'x'.repeat(1_000_000) }"`) },
  { name: 'a megabyte of blanks', text: `${ ' '.repeat(1_000_000) }{"Statement":[]}` },
  { name: 'a megabyte of blanks in a variable', text: trusting(`,"Condition":{"StringEquals":{"x:sub":"\${${ ' '.repeat(200_000) },x}"}}`) },
  { name: 'a hundred thousand wildcards', text: trusting(`,"Condition":{"StringLike":{"x:sub":"${ '*a'.repeat(50_000) }b"}}`) },
  { name: 'numbers as principals', text: statement('{"Effect":"Allow","Principal":{"AWS":111122223333},"Action":"x"}') },
  { name: 'a list of numbers as principals', text: statement('{"Effect":"Allow","Principal":{"AWS":[111122223333,444455556666]},"Action":"x"}') },
  { name: 'null statements', text: '{"Statement":null}', refused: { line: 1, column: 14, says: /statement is an object/ } },
  { name: 'a null among statements', text: '{"Statement":[null]}', refused: { line: 1, column: 15, says: /statement is an object/ } },
  { name: 'a list of lists', text: '{"Statement":[[{"Effect":"Allow"}]]}', refused: { line: 1, column: 15, says: /statement is an object/ } },
  { name: 'a principal in a list of lists', text: statement('{"Effect":"Allow","Principal":{"AWS":[["*"]]}}'), refused: { says: /Principal/ } },
  { name: 'a null principal', text: statement('{"Effect":"Allow","Principal":null}'), refused: { says: /Principal/ } },
  { name: 'a null condition', text: statement('{"Effect":"Allow","Condition":null}'), refused: { says: /Condition/ } },
  { name: 'a null operator', text: statement('{"Effect":"Allow","Condition":{"StringEquals":null}}'), refused: { says: /StringEquals/ } },
  { name: 'a null value', text: statement('{"Effect":"Allow","Condition":{"StringEquals":{"a":null}}}'), refused: { says: /a has a value/ } },
  { name: 'an object as value', text: statement('{"Effect":"Allow","Condition":{"StringEquals":{"a":{"b":"c"}}}}'), refused: { says: /a has a value/ } },
  { name: 'unknown keys', text: trusting(',"Whatever":{"__proto__":{"a":1},"constructor":null},"toString":[1,null,true]') },
  { name: 'operators named after the prototype', text: trusting(',"Condition":{"__proto__":{"constructor":"x"},"toString":{"hasOwnProperty":["y"]}}') },
  { name: 'principals named after the prototype', text: statement('{"Effect":"Deny","Principal":{"__proto__":"x","constructor":["y"]},"NotAction":"z"}') },
  { name: 'references of a plan', text: trusting(',"Note":{"$ref":{"step":"create-role","path":["Role","Arn"]}},"More":{"$json":{"a":1}},"Yet":{"$data":[]}') },
  { name: 'no statement', text: '{"Statement":[]}' },
  { name: 'a lone statement', text: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}' },
  { name: 'percent-encoded still', text: '%7B%22Statement%22%3A%5B%5D%7D', means: '{"Statement":[]}' },
  { name: 'percent-encoded twice', text: '%257B%2522Statement%2522%253A%255B%255D%257D', refused: { line: 1, column: 1, says: /%7B/ } },
  { name: 'wrongly percent-encoded', text: '%E0%A4%A', refused: { line: 1, column: 1, says: /%E0/ } },
  { name: 'a byte order mark', text: '\uFEFF{"Statement":[]}' },
  { name: 'two byte order marks', text: '\uFEFF\uFEFF{"Statement":[]}', refused: { line: 1, column: 2, says: /expected a value/ } },
  { name: 'not JSON', text: 'Version: 2012-10-17\nStatement: []', refused: { line: 1, column: 1, says: /Version/ } },
  { name: 'a web page', text: '<!doctype html><title>Log in</title>', refused: { line: 1, column: 1, says: /</ } },
  { name: 'nothing', text: '', refused: { line: 1, column: 1, says: /end of the text/ } },
  { name: 'a list', text: '[]', refused: { line: 1, column: 1, says: /object/ } },
  { name: 'a number', text: '7', refused: { says: /object/ } },
  { name: 'cut off', text: '{"Version":"2012-10-17","Statement":[{"Effect":"All', refused: { says: /not closed/ } },
  { name: 'comments', text: '{ // mine\n"Statement": []}', refused: { line: 1, column: 3, says: /double quotes/ } },
  { name: 'a comma too many', text: '{"Statement":[],}', refused: { line: 1, column: 17, says: /double quotes/ } },
  { name: 'another version', text: '{"Version":"2030-01-01","Statement":[]}', refused: { line: 1, column: 12, says: /Version/ } },
  { name: 'a number that would become another', text: trusting(',"Condition":{"NumericEquals":{"a":12345678901234567890}}'), refused: { says: /exactly/ } },
  { name: 'a number beyond all', text: trusting(',"Condition":{"NumericEquals":{"a":1e999}}'), refused: { says: /exactly/ } },
  { name: 'a number of a thousand digits', text: trusting(`,"Condition":{"NumericEquals":{"a":${ '1'.repeat(1000) }}}`), refused: { says: /expected|exactly/ } },
  { name: 'numbers written at length', text: trusting(',"Condition":{"NumericEquals":{"a":[1.50,1e3,-0.0,0.1]}}') },
  { name: 'a control character in a string', text: '{"Statement":[],"x":"a\u0001b"}', refused: { line: 1, column: 23, says: /control character/ } },
  { name: 'half a surrogate pair', text: trusting(',"Sid":"\\uD800"') },
  { name: 'NUL, escaped', text: trusting(',"Sid":"\\u0000"') },
  { name: 'single quotes', text: "{'Statement':[]}", refused: { line: 1, column: 2, says: /double quotes/ } },
];
