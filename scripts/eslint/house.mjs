/** ESLint plugin that holds the house together: who may import whom (the table is in rooms.mjs), and that text stays text. */
import path from 'node:path';
import { plainText } from './plain-text.mjs';
import { objection } from './rooms.mjs';

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  meta: {
    type:     'problem',
    docs:     { description: 'Imports follow the arrows between the rooms of the house' },
    schema:   [],
    messages: { forbidden: '{{ why }} (importing {{ specifier }})' },
  },

  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');

    /** @param {any} source  the node that holds the specifier; anything but a literal is left alone */
    const check = (source) => {
      const specifier = source?.type === 'TSLiteralType' ? source.literal.value : source?.value;
      const why = typeof specifier === 'string' ? objection(file, specifier) : undefined;

      if (why) {
        context.report({ node: source, messageId: 'forbidden', data: { why, specifier } });
      }
    };

    return {
      ImportDeclaration:      (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration:   (node) => check(node.source),
      ImportExpression:       (node) => check(node.source),
      /** @param {any} node  `import('x').Type` */
      TSImportType:           (node) => check(node.source ?? node.argument),
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') {
          check(node.arguments[0]);
        }
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { rooms: rule, 'plain-text': plainText } };
