package reference

import (
	gocontext "context"
	"net/http"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Stack implements inprocess.HostStacker.
func (Adapter) Stack(env *inprocess.Environment, layers []script.Layer, handle inprocess.HostHandle) (inprocess.Service, error) {
	composed, err := (&workshop{env}).compose(layers)
	if err != nil {
		return nil, refused(err)
	}
	h, is := handle.(*hostHandle)
	if !is {
		return nil, inprocess.Unsupported("proxy-service")
	}
	hosted, err := proxy.NewService(h.handler, func(_ ctx, r *http.Request) *delivery {
		return r.Context().Value(deliveryKey{}).(*delivery)
	})
	if err != nil {
		return nil, err
	}
	texts := service.Extend(service.NewChain(hosted), func(s service.Service[state, *http.Request, *http.Response]) (svc, error) {
		return service.NewApply(s, h.host.inText)
	})
	p, err := service.Extend(texts, composed.Layer).Pipeline()
	if err != nil {
		return nil, refused(err)
	}
	return &opened{pipeline: p}, nil
}

// inText calls the hosted service with a text, and answers with the text of the response.
func (h *host) inText(ctx ctx, text string, hosted *service.Handle[state, *http.Request, *http.Response]) (string, error) {
	_, r, err := h.request(ctx.Go(), inprocess.Programmed(text))
	if err != nil {
		return "", err
	}
	response, err := hosted.Call(ctx, r)
	if err != nil {
		return "", err
	}
	stop := gocontext.AfterFunc(ctx.Go(), func() { _ = response.Body.Close() })
	defer stop()
	answer, err := inprocess.HostResponse{Body: response.Body}.Text()
	if ended := ctx.Err(); err != nil && ended != nil {
		return "", ended
	}
	return answer, err
}
