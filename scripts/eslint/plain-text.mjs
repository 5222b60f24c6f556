/**
 * ESLint rule: nothing of ours becomes HTML. Names, messages and documents come from clusters, AWS and catalogs; as text they do no
 * harm, as HTML they load pictures and, with luck on their side, run.
 */

/** Directives that put their value into the page as HTML; Rancher's `t` directive does, too. */
const DIRECTIVES = ['html', 'clean-html', 'tooltip', 'clean-tooltip', 't'];

/**
 * Properties that Rancher's own components render by way of HTML (read in shell 3.0.13), by component. A banner's label is escaped
 * first today; the others are only purified, which leaves pictures and links in.
 * @type {Record<string, string[]>}
 */
const PROPERTIES = {
  Banner:        ['label'],
  RadioGroup:    ['labels', 'label', 'tooltip'],
  RadioButton:   ['label'],
  LabeledInput:  ['tooltip', 'sub-label'],
  LabeledSelect: ['tooltip'],
  Checkbox:      ['tooltip'],
};

/** Members that read HTML. */
const MEMBERS = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'createContextualFragment', 'srcdoc'];

/**
 * Words of ours with nothing of others in them: `t('key')`, alone, chosen between, or in a list.
 * @param {any} node  of the template's expression; its types are those of the parser
 * @returns {boolean}
 */
function isOurs(node) {
  switch (node?.type) {
  case undefined: return true;
  case 'Literal': return true;
  case 'ArrayExpression': return node.elements.every(isOurs);
  case 'ConditionalExpression': return isOurs(node.consequent) && isOurs(node.alternate);
  case 'CallExpression': return node.callee.name === 't' && node.arguments.length === 1 && isOurs(node.arguments[0]);
  default: return false;
  }
}

/**
 * `some-name` as written in templates, whatever case was used.
 * @param {string} name
 */
function kebab(name) {
  return name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}

/** @type {import('eslint').Rule.RuleModule} */
export const plainText = {
  meta: {
    type:     'problem',
    docs:     { description: 'Text of others is shown as text, never as HTML' },
    messages: {
      html:     '{{ what }} becomes HTML: show it as text',
      property: '{{ component }} renders "{{ what }}" as HTML: use its slot, or words without arguments',
    },
    schema: [],
  },
  create(context) {
    const script = {
      /** @param {any} node */
      MemberExpression(node) {
        if (!node.computed && MEMBERS.includes(node.property.name)) {
          context.report({ node, messageId: 'html', data: { what: node.property.name } });
        }
      },
      /** @param {any} node */
      CallExpression(node) {
        if (node.callee.type === 'MemberExpression' && node.callee.object.name === 'document' && /^write(ln)?$/.test(node.callee.property.name)) {
          context.report({ node, messageId: 'html', data: { what: 'document.write' } });
        }
      },
    };
    const template = {
      /** @param {any} node */
      VAttribute(node) {
        const { directive, key, value } = node;
        const component = node.parent.parent.rawName;

        if (!directive) {
          if (component === 't' && key.name === 'raw') {
            context.report({ node, messageId: 'html', data: { what: '<t raw>' } });
          }

          return;
        }
        const name = key.name.name;
        const argument = key.argument?.type === 'VIdentifier' ? key.argument.rawName : undefined;

        if (DIRECTIVES.includes(name) || (name === 'bind' && ['innerHTML', 'innerHtml', 'inner-html', 'srcdoc'].includes(argument)) || (name === 'bind' && component === 't' && argument === 'raw')) {
          context.report({ node, messageId: 'html', data: { what: name === 'bind' ? `:${ argument }` : `v-${ name }` } });
        } else if (name === 'bind' && argument && PROPERTIES[component]?.includes(kebab(argument)) && !isOurs(value?.expression)) {
          context.report({ node, messageId: 'property', data: { component, what: argument } });
        }
      },
    };
    const { defineTemplateBodyVisitor } = context.sourceCode.parserServices;

    return defineTemplateBodyVisitor ? defineTemplateBodyVisitor(template, script) : script;
  },
};
