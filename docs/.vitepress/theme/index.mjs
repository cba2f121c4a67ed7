import DefaultTheme from 'vitepress/theme';
import ApiReference from './ApiReference.vue';
import MermaidDrawing from './MermaidDrawing.vue';
import './croupier.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('ApiReference', ApiReference);
    app.component('MermaidDrawing', MermaidDrawing);
  },
};
