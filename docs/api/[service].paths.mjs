import { SERVICES } from '../.vitepress/pages.mjs';

export default { paths: () => SERVICES.map((service) => ({ params: { service } })) };
